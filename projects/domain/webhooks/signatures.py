"""Verification of the signatures of webhook deliveries and uploads.

Every check uses the raw bytes of the body, before anything is parsed, and compares in constant time. During a rotation
two secrets are valid; both are always tried. A check returns no reason for a failure, which would only help a forger.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

# A signed timestamp may differ this much from the clock, in either direction (Standard Webhooks uses the same).
WINDOW = timedelta(minutes=5)
UPLOAD_SIGNATURE = "X-Wheelway-Signature"
STANDARD_PREFIX = "whsec_"

_HEX_MAC = re.compile(r"[0-9a-f]{64}")
_PREFIXED_MAC = re.compile(r"sha256=([0-9a-f]{64})")
_SECONDS = re.compile(r"[0-9]{1,12}")


def verify_signature(
    provider: str, secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime
) -> bool:
    """Return whether the sender of `body` holds one of `secrets`.

    `provider` is a value of `events.PROVIDERS`; an unknown one returns False, as does an empty list of secrets: an
    unsigned delivery is never accepted. Header names may have any case.
    """
    given = {name.lower(): value for name, value in headers.items()}
    usable = [secret for secret in secrets if secret]
    is_valid = False
    if provider == "github":
        is_valid = _prefixed(usable, given.get("x-hub-signature-256"), body)
    elif provider in ("bitbucket-cloud", "bitbucket-server"):
        # The same header carries GitHub's SHA-1; only the sha256 form is read.
        is_valid = _prefixed(usable, given.get("x-hub-signature"), body)
    elif provider == "gitea":
        bare = given.get("x-forgejo-signature") or given.get("x-gitea-signature")
        is_valid = _bare(usable, bare, body) if bare else _prefixed(usable, given.get("x-hub-signature-256"), body)
    elif provider == "gitlab":
        is_valid = _gitlab(usable, given, body, now)
    elif provider == "azure-devops":
        is_valid = _basic(usable, given.get("authorization"))
    return is_valid


def verify_upload(secrets: Sequence[str], header: str | None, body: bytes, now: datetime) -> str | None:
    """Return the MAC (64 hex digits) by which an upload is signed, or None if the signature is invalid.

    The header reads `t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">` and may have several v1 parts. The MAC
    identifies the signed bytes: a second request with the same MAC is the same upload.
    """
    parts = [part.strip().partition("=") for part in (header or "").split(",")]
    times = [value for name, _, value in parts if name == "t"]
    claimed = [value for name, _, value in parts if name == "v1" and _HEX_MAC.fullmatch(value)]
    if len(times) != 1 or not claimed or not _is_fresh(times[0], now):
        return None
    signed = times[0].encode() + b"." + body
    valid = None
    for secret in filter(None, secrets):
        mac = _mac(secret.encode(), signed).hex()
        for value in claimed:
            if hmac.compare_digest(mac, value):
                valid = mac
    return valid


def sign_upload(secret: str, body: bytes, seconds: int) -> str:
    """Return the header that `verify_upload` reads, for a body that is sent at this Unix time."""
    return f"t={seconds},v1={_mac(secret.encode(), str(seconds).encode() + b'.' + body).hex()}"


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _any(results: Iterable[bool]) -> bool:
    # No early exit: the time taken must not reveal which secret matched.
    is_valid = False
    for result in results:
        is_valid |= result
    return is_valid


def _prefixed(secrets: Sequence[str], header: str | None, body: bytes) -> bool:
    found = _PREFIXED_MAC.fullmatch(header or "")
    return _bare(secrets, found[1] if found else "", body)


def _bare(secrets: Sequence[str], value: str, body: bytes) -> bool:
    if not _HEX_MAC.fullmatch(value):
        return False
    return _any(hmac.compare_digest(_mac(secret.encode(), body).hex(), value) for secret in secrets)


def _gitlab(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    # A signing token is never accepted as a plain token, which would be sent in clear and not cover the body.
    signing = [secret for secret in secrets if secret.startswith(STANDARD_PREFIX)]
    plain = [secret for secret in secrets if not secret.startswith(STANDARD_PREFIX)]
    token = headers.get("x-gitlab-token", "").encode("latin-1", "replace")
    by_token = _any(hmac.compare_digest(secret.encode(), token) for secret in plain)
    return by_token | _standard(signing, headers, body, now)


def _standard(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Verify a Standard Webhooks signature: "v1,<base64>" over id, timestamp and body, joined by dots."""
    identity, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    claimed = [value[3:] for value in headers.get("webhook-signature", "").split(" ") if value.startswith("v1,")]
    if not identity or not _is_fresh(moment, now):
        return False
    signed = b".".join((identity.encode("latin-1", "replace"), moment.encode(), body))
    macs = [_mac(key, signed) for secret in secrets if (key := _base64(secret.removeprefix(STANDARD_PREFIX)))]
    return _any(hmac.compare_digest(mac, _base64(value) or b"") for mac in macs for value in claimed)


def _basic(secrets: Sequence[str], header: str | None) -> bool:
    """Verify HTTP basic credentials, whose password is the secret. Azure DevOps offers no signature."""
    scheme, _, encoded = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return False
    _, colon, password = (_base64(encoded.strip()) or b"").partition(b":")
    return bool(colon) and _any(hmac.compare_digest(secret.encode(), password) for secret in secrets)


def _base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _is_fresh(seconds: str, now: datetime) -> bool:
    return bool(_SECONDS.fullmatch(seconds)) and abs(now.timestamp() - int(seconds)) <= WINDOW.total_seconds()
