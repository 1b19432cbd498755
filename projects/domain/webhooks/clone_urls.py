"""Clone addresses: the few forms that are accepted, so that git, curl and we can only read them the same way."""

from __future__ import annotations

import re
from dataclasses import dataclass

# No credentials, no query, no fragment, no percent signs, no backslash: nothing that two parsers split differently.
_HTTP = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<path>(?:/[A-Za-z0-9_~.+][A-Za-z0-9_~.+-]*)+)/?"
)
_SSH = re.compile(
    r"ssh://(?:(?P<user>[A-Za-z0-9_][A-Za-z0-9_.-]*)@)?(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<path>(?:/[A-Za-z0-9_~.+][A-Za-z0-9_~.+-]*)+)/?"
)
_SCP = re.compile(
    r"(?P<user>[A-Za-z0-9_][A-Za-z0-9_.-]*)@(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?):"
    r"(?P<path>[A-Za-z0-9_~.+][A-Za-z0-9_~.+-]*(?:/[A-Za-z0-9_~.+][A-Za-z0-9_~.+-]*)*)/?"
)
_PORTS = {"https": 443, "http": 80, "ssh": 22}
_LONGEST = 500


class InvalidCloneUrl(ValueError):
    """The text is no clone address that is accepted here; `reason` says what is."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class CloneUrl:
    """An address in its parts. `host` is in lower case and without brackets; `path` begins with a slash."""

    scheme: str
    host: str
    port: int
    path: str
    user: str = ""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        user = f"{self.user}@" if self.user else ""
        return f"{self.scheme}://{user}{host}{port}{self.path}"


def parse_clone_url(text: str) -> CloneUrl:
    """Read `https://host/path`, `ssh://git@host/path` or `git@host:path`. Raises BadCloneUrl."""
    found = None
    if len(text) <= _LONGEST:
        found = _HTTP.fullmatch(text) or _SSH.fullmatch(text) or _SCP.fullmatch(text)
    if found is None:
        if re.match(r"https?://[^/]*@", text):
            raise InvalidCloneUrl("credentials do not belong in the address: give user and token in their own fields")
        raise InvalidCloneUrl("expected https://host/path or git@host:path")
    parts = found.groupdict()
    scheme = parts.get("scheme") or "ssh"
    port = int(parts.get("port") or _PORTS[scheme])
    path = "/" + parts["path"].lstrip("/")
    if not 0 < port < 65536:
        raise InvalidCloneUrl("the port is out of range")
    if any(segment in (".", "..") for segment in path.split("/")):
        raise InvalidCloneUrl("the path may not climb")
    return CloneUrl(scheme, parts["host"].strip("[]").lower(), port, path, parts.get("user") or "")


def names_repository(url: CloneUrl, full_name: str) -> bool:
    """Whether a host that calls a repository `full_name` ("group/app") means the one at `url`.

    Case counts no more than it does on the hosts. A host may serve its repositories under a folder of its own
    ("/scm/prj/app.git", "/org/project/_git/app").
    """
    segments = [part for part in url.path.lower().removesuffix(".git").split("/") if part and part != "_git"]
    wanted = [part for part in full_name.lower().split("/") if part]
    return bool(wanted) and segments[-len(wanted) :] == wanted
