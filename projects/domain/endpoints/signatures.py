"""Signatures of messages by the specification Standard Webhooks: an id, a time, and an HMAC over both and the body."""

from __future__ import annotations

import base64
import hashlib
import hmac

_PREFIX = "whsec_"


def secret_text(key: bytes) -> str:
    """Return a key as the text that receivers configure."""
    return _PREFIX + base64.b64encode(key).decode("ascii")


def signed_headers(secret: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers of one attempt; `timestamp` is in seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode('ascii')}",
    }
