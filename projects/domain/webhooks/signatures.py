"""Proof that a delivery comes from who knows the secret.

Every check runs over the raw bytes, before anything is parsed, and compares in constant time. Several secrets may be
valid at once while one is being rotated; all of them are tried, whatever the first one says. A check answers yes or
no and never why: the reason would help only a forger.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

# A signed timestamp may be this far from our clock, in either direction (the habit of Standard Webhooks).
WINDOW = timedelta(minutes=5)
UPLOAD_SIGNATURE = "X-Wheelway-Signature"
STANDARD_PREFIX = "whsec_"

_HEX_MAC = re.compile(r"[0-9a-f]{64}")
_PREFIXED_MAC = re.compile(r"sha256=([0-9a-f]{64})")
_SECONDS = re.compile(r"[0-9]{1,12}")


def verify_signature(
    provider: str, secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime
) -> bool:
    """Say whether `body`, as received, was sent by a holder of one of `secrets`.

    `provider` is a value of `pushes.PROVIDERS`; of an unknown one nothing is genuine. Header names may have any case.
    Without a secret nothing is genuine either: an unsigned hook is never accepted.
    """
    given = {name.lower(): value for name, value in headers.items()}
    usable = [secret for secret in secrets if secret]
    held = False
    if provider == "github":
        held = _prefixed(usable, given.get("x-hub-signature-256"), body)
    elif provider in ("bitbucket-cloud", "bitbucket-server"):
        # The same header carries GitHub's SHA-1; only the sha256 form is read.
        held = _prefixed(usable, given.get("x-hub-signature"), body)
    elif provider == "gitea":
        bare = given.get("x-forgejo-signature") or given.get("x-gitea-signature")
        held = _bare(usable, bare, body) if bare else _prefixed(usable, given.get("x-hub-signature-256"), body)
    elif provider == "gitlab":
        held = _gitlab(usable, given, body, now)
    elif provider == "azure-devops":
        held = _basic(usable, given.get("authorization"))
    return held


def verify_upload(secrets: Sequence[str], header: str | None, body: bytes, now: datetime) -> str | None:
    """Check the signature of an upload and return the MAC that held (64 hex digits), or None.

    The header reads `t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`; several v1 parts may stand in it. The
    returned MAC identifies these signed bytes: seen twice, it is the same upload.
    """
    parts = [part.strip().partition("=") for part in (header or "").split(",")]
    times = [value for name, _, value in parts if name == "t"]
    claimed = [value for name, _, value in parts if name == "v1" and _HEX_MAC.fullmatch(value)]
    if len(times) != 1 or not claimed or not _is_fresh(times[0], now):
        return None
    signed = times[0].encode() + b"." + body
    held = None
    for secret in secrets:
        if not secret:
            continue
        mac = _mac(secret.encode(), signed).hex()
        for value in claimed:
            if hmac.compare_digest(mac, value):
                held = mac
    return held


def sign_upload(secret: str, timestamp: int, body: bytes) -> str:
    """Return the signature header of an upload made at `timestamp` (unix seconds)."""
    return f"t={timestamp},v1={_mac(secret.encode(), str(timestamp).encode() + b'.' + body).hex()}"


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _any(outcomes: Iterable[bool]) -> bool:
    # No early exit: the time taken does not tell which secret fitted.
    held = False
    for outcome in outcomes:
        held |= outcome
    return held


def _prefixed(secrets: Sequence[str], header: str | None, body: bytes) -> bool:
    found = _PREFIXED_MAC.fullmatch(header or "")
    return _bare(secrets, found[1] if found else "", body)


def _bare(secrets: Sequence[str], value: str, body: bytes) -> bool:
    if not _HEX_MAC.fullmatch(value):
        return False
    return _any(hmac.compare_digest(_mac(secret.encode(), body).hex(), value) for secret in secrets)


def _gitlab(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    # A signing token is never accepted as a plain one: it would be sent in clear and cover no body.
    signing = [secret for secret in secrets if secret.startswith(STANDARD_PREFIX)]
    plain = [secret for secret in secrets if not secret.startswith(STANDARD_PREFIX)]
    token = headers.get("x-gitlab-token", "").encode("latin-1", "replace")
    by_token = _any(hmac.compare_digest(secret.encode(), token) for secret in plain)
    return by_token | _standard(signing, headers, body, now)


def _standard(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Standard Webhooks: "v1,<base64>" values over id, timestamp and body, joined by dots."""
    identity, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    claimed = [value[3:] for value in headers.get("webhook-signature", "").split(" ") if value.startswith("v1,")]
    if not identity or not _is_fresh(moment, now):
        return False
    signed = b".".join((identity.encode("latin-1", "replace"), moment.encode(), body))
    macs = [_mac(key, signed) for secret in secrets if (key := _base64(secret.removeprefix(STANDARD_PREFIX)))]
    return _any(hmac.compare_digest(mac, _base64(value) or b"") for mac in macs for value in claimed)


def _basic(secrets: Sequence[str], header: str | None) -> bool:
    """Azure DevOps signs nothing: the secret is the password of HTTP basic credentials, under any user name."""
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
