"""Which API a repository has, by its provider and its clone URL."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from projects.domain.webhooks.clone_urls import CloneUrl
from projects.domain.webhooks.events import (
    AZURE_DEVOPS,
    BITBUCKET_CLOUD,
    BITBUCKET_SERVER,
    GITEA,
    GITHUB,
    GITLAB,
)
from projects.hosts.api import azure, bitbucket_cloud, bitbucket_server, gitea, github, gitlab
from projects.hosts.api.call import HostApi
from projects.hosts.api.change_request import ChangeRequest, ChangeText, CommitStatus
from projects.hosts.git_program import GitRemote


class HostClient(Protocol):
    """The module of a host: commit statuses and comments. Every function may raise HostError."""

    def post_status(self, api: HostApi, commit: str, status: CommitStatus, /) -> None:
        """Post a commit status in the place of the last one."""

    def requests_of_commit(self, api: HostApi, commit: str, /) -> list[ChangeRequest]:
        """Return the change requests that have a commit, as far as the host says."""

    def add_comment(self, api: HostApi, at: int, text: str, /) -> str:
        """Comment on a change request, and return the comment's id."""

    def update_comment(self, api: HostApi, at: int, comment: str, text: str, /) -> None:
        """Change a comment of ours."""


class RequestClient(HostClient, Protocol):
    """The module of a host at which change requests are opened, too."""

    def find_request(self, api: HostApi, branch: str, /) -> ChangeRequest | None:
        """Return the newest change request from a branch of the repository itself, whatever its state."""

    def open_request(self, api: HostApi, branch: str, base: str, said: ChangeText, /) -> ChangeRequest:
        """Open a change request from a branch of the repository into `base`."""

    def update_request(self, api: HostApi, at: int, said: ChangeText, /) -> ChangeRequest:
        """Change title and body of a change request."""


_REQUEST_CLIENTS: Mapping[str, RequestClient] = {GITHUB: github, GITLAB: gitlab, GITEA: gitea}
_CLIENTS: Mapping[str, HostClient] = {
    **_REQUEST_CLIENTS,
    BITBUCKET_CLOUD: bitbucket_cloud,
    BITBUCKET_SERVER: bitbucket_server,
    AZURE_DEVOPS: azure,
}
PROVIDERS_WITH_REQUESTS = frozenset(_REQUEST_CLIENTS)
# User names with which the hosts take a token as the password of git over https.
_GIT_USERS = {GITHUB: "x-access-token", GITLAB: "oauth2", GITEA: "wheelway"}
# Hosts of git by ssh whose pages have another name.
_WEB_HOSTS = {
    "ssh.github.com": "github.com",
    "altssh.gitlab.com": "gitlab.com",
    "altssh.bitbucket.org": "bitbucket.org",
    "ssh.dev.azure.com": "dev.azure.com",
}
_PUBLIC_ROOTS = {
    "github.com": "https://api.github.com",
    "ssh.github.com": "https://api.github.com",
    "bitbucket.org": "https://api.bitbucket.org/2.0",
    "altssh.bitbucket.org": "https://api.bitbucket.org/2.0",
}
_API_PATHS = {
    GITHUB: "/api/v3",
    GITLAB: "/api/v4",
    GITEA: "/api/v1",
    BITBUCKET_CLOUD: "/2.0",
    BITBUCKET_SERVER: "/rest/api/latest",
    AZURE_DEVOPS: "",
}


def client_of(api: HostApi) -> HostClient:
    """Return the module of the API's host."""
    return _CLIENTS[api.provider]


def request_client(api: HostApi) -> RequestClient | None:
    """Return the module of the API's host, None for one at which change requests are not opened."""
    return _REQUEST_CLIENTS.get(api.provider)


def api_of(
    provider: str, url: CloneUrl, token: str, *, root: str = "", allowed_hosts: Collection[str] = ()
) -> HostApi | None:
    """Return the API of the repository at a clone URL, None for a host whose API is not known.

    root: the API's address, where it is not the one that such a host usually has beside its repositories.
    """
    named = _NAMES[provider](url) if provider in _NAMES else None
    if named is None:
        return None
    before, repository = named
    found = root.rstrip("/") or _usual_root(provider, url, before)
    return HostApi(provider, found, repository, token, tuple(allowed_hosts))


def push_remote(api: HostApi, url: CloneUrl) -> GitRemote:
    """Return the repository at a clone URL as git pushes to it with the token of its API, over https."""
    scheme, port = (url.scheme, url.port) if url.scheme != "ssh" else ("https", 443)
    return GitRemote(
        CloneUrl(scheme, _WEB_HOSTS.get(url.host, url.host), port, url.path),
        _GIT_USERS.get(api.provider, ""),
        api.token,
    )


def _usual_root(provider: str, url: CloneUrl, before: Sequence[str]) -> str:
    if url.host in _PUBLIC_ROOTS:
        return _PUBLIC_ROOTS[url.host]
    web = url if url.scheme != "ssh" else CloneUrl("https", _WEB_HOSTS.get(url.host, url.host), 443, "")
    prefix = "".join(f"/{part}" for part in before)
    return f"{CloneUrl(web.scheme, web.host, web.port, '')}{prefix}{_API_PATHS[provider]}"


def _path(url: CloneUrl) -> list[str]:
    return url.path.strip("/").removesuffix(".git").split("/")


def _last_two(url: CloneUrl) -> tuple[list[str], str] | None:
    """Return the path below which the host is served, and owner and name of the repository."""
    parts = _path(url)
    return (parts[:-2], "/".join(parts[-2:])) if len(parts) > 1 else None


def _whole_path(url: CloneUrl) -> tuple[list[str], str] | None:
    """Return the name of a repository of GitLab, whose groups may have groups in them."""
    parts = _path(url)
    return ([], "/".join(parts)) if len(parts) > 1 else None


def _below_scm(url: CloneUrl) -> tuple[list[str], str] | None:
    """Return the same of Bitbucket Data Center, which serves git by https below /scm."""
    named = _last_two(url)
    return named and ([part for part in named[0] if part != "scm"], named[1])


def _below_collection(url: CloneUrl) -> tuple[list[str], str] | None:
    """Return the same of Azure DevOps: organization or collection, project, `_git` by https only, and the name."""
    parts = [part for part in _path(url) if part != "_git"]
    if url.scheme == "ssh" and parts[:1] == ["v3"]:
        parts = parts[1:]
    if url.host.endswith(".visualstudio.com"):
        # The organization is in the name of the host; the old collection needs not be written.
        parts = [part for part in parts if part.lower() != "defaultcollection"]
        return ([], "/".join([parts[0], *parts][-2:])) if parts else None
    if len(parts) == 2:
        # The project's own repository has its name.
        parts.append(parts[1])
    return (parts[:-2], "/".join(parts[-2:])) if len(parts) > 2 else None


_NAMES: Mapping[str, Callable[[CloneUrl], tuple[list[str], str] | None]] = {
    GITHUB: _last_two,
    GITLAB: _whole_path,
    GITEA: _last_two,
    BITBUCKET_CLOUD: _last_two,
    BITBUCKET_SERVER: _below_scm,
    AZURE_DEVOPS: _below_collection,
}
