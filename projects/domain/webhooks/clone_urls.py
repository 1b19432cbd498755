"""Clone URLs, in the few forms that git, curl and this code parse alike."""

from __future__ import annotations

import re

from msgspec import Struct

from scanner.domain.translation import noop

# No credentials, query, fragment, percent signs or backslashes: nothing that two parsers may split differently.
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
    """A text that is not an accepted clone URL. `reason` says which forms are."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CloneUrl(Struct, frozen=True):
    """A clone URL in its parts. `host` is in lower case and without brackets; `path` begins with a slash."""

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
    """Parse `https://host/path`, `ssh://git@host/path` or `git@host:path`. Raises InvalidCloneUrl."""
    found = None
    if len(text) <= _LONGEST:
        found = _HTTP.fullmatch(text) or _SSH.fullmatch(text) or _SCP.fullmatch(text)
    if found is None:
        if re.match(r"https?://[^/]*@", text):
            raise InvalidCloneUrl(noop("it contains credentials: put user name and token into their own fields"))
        raise InvalidCloneUrl(noop("use the form https://host/path or git@host:path"))
    parts = found.groupdict()
    scheme = parts.get("scheme") or "ssh"
    port = int(parts.get("port") or _PORTS[scheme])
    path = "/" + parts["path"].lstrip("/")
    if not 0 < port < 65536:
        raise InvalidCloneUrl(noop("its port is not between 1 and 65535"))
    if any(segment in (".", "..") for segment in path.split("/")):
        raise InvalidCloneUrl(noop("its path contains . or .."))
    return CloneUrl(scheme, parts["host"].strip("[]").lower(), port, path, parts.get("user") or "")


def names_repository(url: CloneUrl, full_name: str) -> bool:
    """Return whether the host's name of a repository, `full_name` ("group/app"), names the one at `url`.

    Case is ignored, as hosts do. The URL's path may have a prefix ("/scm/prj/app.git", "/org/project/_git/app").
    """
    segments = [part for part in url.path.lower().removesuffix(".git").split("/") if part]
    wanted = [part for part in full_name.lower().split("/") if part]
    if _is_default_repository(url.host, segments):
        segments.append(segments[-1])
    segments = [part for part in segments if part != "_git"]
    return bool(wanted) and segments[-len(wanted) :] == wanted


def _is_default_repository(host: str, segments: list[str]) -> bool:
    """Return whether an Azure DevOps URL leaves out the project, because its default repository has the same name."""
    if len(segments) < 2 or segments[-2] != "_git":
        return False
    before = segments[:-2]
    if host == "dev.azure.com":
        return len(before) == 1
    # The organisation is in the host, and an old URL names its collection.
    return not before or before[-1] == "defaultcollection"
