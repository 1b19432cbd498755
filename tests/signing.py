"""Signatures as a sender makes them."""

import hmac


def sign_upload(secret: str, timestamp: int, body: bytes) -> str:
    """Return the signature header of an upload made at `timestamp` (unix seconds)."""
    return f"t={timestamp},v1={hmac.digest(secret.encode(), f'{timestamp}.'.encode() + body, 'sha256').hex()}"
