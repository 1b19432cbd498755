"""Which API a repository has, by its provider and its clone URL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from projects.domain.webhooks.clone_urls import CloneUrl
from projects.domain.webhooks.events import GITEA, GITHUB, GITLAB
from projects.hosts.api import gitea, github, gitlab
from projects.hosts.api.call import HostApi
from projects.hosts.api.change_request import ChangeRequest, ChangeText
from projects.hosts.git_program import GitRemote


class HostClient(Protocol):
    """The module of a host: what is asked of each API. Every function may raise HostError."""

    def find_request(self, api: HostApi, branch: str, /) -> ChangeRequest | None:
        """Return the newest change request from a branch of the repository itself, whatever its state."""

    def open_request(self, api: HostApi, branch: str, base: str, said: ChangeText, /) -> ChangeRequest:
        """Open a change request from a branch of the repository into `base`."""

    def update_request(self, api: HostApi, at: int, said: ChangeText, /) -> ChangeRequest:
        """Change title and body of a change request."""


_CLIENTS: Mapping[str, HostClient] = {GITHUB: github, GITLAB: gitlab, GITEA: gitea}
PROVIDERS_WITH_API = frozenset(_CLIENTS)
# User names with which the hosts take a token as the password of git over https.
_GIT_USERS = {GITHUB: "x-access-token", GITLAB: "oauth2", GITEA: "wheelway"}
_GITHUB_HOSTS = {"github.com", "ssh.github.com"}


def client_of(api: HostApi) -> HostClient:
    """Return the module of the API's host."""
    return _CLIENTS[api.provider]


def api_of(
    provider: str, url: CloneUrl, token: str, *, root: str = "", allowed_hosts: Collection[str] = ()
) -> HostApi | None:
    """Return the API of the repository at a clone URL, None for a host whose API is not known.

    root: the API's address, where it is not the one that such a host usually has beside its repositories.
    """
    if provider not in PROVIDERS_WITH_API:
        return None
    parts = url.path.strip("/").removesuffix(".git").split("/")
    if len(parts) < 2:
        return None
    # A group of GitLab may have groups in it. The others may be served below a path.
    before, names = ([], parts) if provider == GITLAB else (parts[:-2], parts[-2:])
    found = root.rstrip("/") or _usual_root(provider, url, before)
    return HostApi(provider, found, "/".join(names), token, tuple(allowed_hosts))


def push_remote(provider: str, url: CloneUrl, token: str) -> GitRemote:
    """Return the repository as git pushes to it with the token of its API, over https."""
    scheme, port = (url.scheme, url.port) if url.scheme != "ssh" else ("https", 443)
    host = "github.com" if url.host in _GITHUB_HOSTS else url.host
    return GitRemote(CloneUrl(scheme, host, port, url.path), _GIT_USERS.get(provider, ""), token)


def _usual_root(provider: str, url: CloneUrl, before: list[str]) -> str:
    if provider == GITHUB and url.host in _GITHUB_HOSTS:
        return "https://api.github.com"
    web = url if url.scheme != "ssh" else CloneUrl("https", url.host, 443, "")
    prefix = "".join(f"/{part}" for part in before)
    path = {GITHUB: "/api/v3", GITLAB: "/api/v4", GITEA: "/api/v1"}[provider]
    return f"{CloneUrl(web.scheme, web.host, web.port, '')}{prefix}{path}"
