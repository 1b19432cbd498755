"""Text that may be stored, logged and shown: no credentials, no control characters, bounded."""

from __future__ import annotations

import re

from projects.domain.dependency_files.limits import MAX_TEXT_SHOWN

_HIDDEN = "****"
# A user name alone is public over ssh (git@…) and a token over http.
_USER_INFO = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]{0,40})://(?P<user>[^/?#\s'\"]*)@")
# A password with a slash in it ends the authority early for a URL parser, yet it is still a password.
_SLASHED_PASSWORD = re.compile(r"(?<=://)[^\s/@:'\"]{1,200}:(?!\d{1,5}[/?#\s]|\*)[^\s@'\"]{1,500}@")
_SECRET_QUERY = re.compile(
    r"(?<=[?&])(?P<key>[\w.\-]{0,40}(?:token|secret|passw|pwd|auth|signature|credential|api[_-]?key|access[_-]?key|sig)"
    r"[\w.\-]{0,40})=[^&#\s'\"]+",
    re.IGNORECASE,
)
# The token of a conda channel.
_CHANNEL_TOKEN = re.compile(r"(?<=/t/)[A-Za-z0-9\-]{8,200}(?=/)")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_WEB = re.compile(r"https?://", re.IGNORECASE)
_ENVIRONMENT_VARIABLE = re.compile(r"\$\{([A-Z0-9_]{1,200})\}")


def environment_variables(text: str) -> tuple[str, ...]:
    """Return the names in `${NAME}`, in order. pip expands them, the reader never does."""
    return tuple(_ENVIRONMENT_VARIABLE.findall(text))


def without_credentials(text: str) -> str:
    """Return `text` with the user part of every URL and every secret-looking query value replaced by ****."""
    if "://" not in text:
        return text
    text = _USER_INFO.sub(_hide_user, text)
    text = _SLASHED_PASSWORD.sub(_HIDDEN + "@", text)
    text = _CHANNEL_TOKEN.sub(_HIDDEN, text)
    return _SECRET_QUERY.sub(rf"\g<key>={_HIDDEN}", text)


def printable(text: str) -> str:
    """Return `text` with control characters, lone surrogates and direction overrides replaced by U+FFFD."""
    return _CONTROL.sub("\ufffd", text)


def shown(text: str, limit: int = MAX_TEXT_SHOWN) -> str:
    """Return `text` as a problem may quote it: one bounded, printable line without credentials."""
    # Redact before cutting: a cut could remove the "@" that marks a credential.
    text = printable(without_credentials(text[:20_000])).replace("\t", " ").replace("\n", " ").strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def shown_address(text: str, limit: int = MAX_TEXT_SHOWN) -> str:
    """Return an index address as it may be shown; all before the last "@" counts as a login.

    Stricter than `shown`, for a text that may not be a URL: a missing scheme, a password with / or ? in it.
    """
    login, at, place = text.strip().rpartition("@")
    if at:
        scheme = _WEB.match(login)
        text = f"{scheme[0] if scheme else ''}{_HIDDEN}@{place}"
    return shown(text, limit)


def _hide_user(found: re.Match[str]) -> str:
    scheme, user = found["scheme"], found["user"]
    if not user or (scheme.lower().endswith("ssh") and ":" not in user and "$" not in user):
        return found[0]
    return f"{scheme}://{_HIDDEN}@"
