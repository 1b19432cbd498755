"""What to do at each repository host: where its webhook is made, where a token, and what a refused token needs."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from projects.domain.webhooks.clone_urls import CloneUrl, InvalidCloneUrl, parse_clone_url
from projects.domain.webhooks.events import (
    AZURE_DEVOPS,
    BITBUCKET_CLOUD,
    BITBUCKET_SERVER,
    GITEA,
    GITHUB,
    GITLAB,
)


class HostSteps(Struct, frozen=True):
    """The steps at one host. Pages are addresses on it, empty where its address does not say them.

    - webhook: the steps after the webhook's page was opened, in which URL and secret are given.
    - token: the same for a token of the API; scopes: what it must permit, in the host's own words.
    """

    webhook: tuple[str, ...]
    webhook_page: str = ""
    token: tuple[str, ...] = ()
    token_page: str = ""
    scopes: tuple[str, ...] = ()


class _Host(Struct, frozen=True):
    webhook: tuple[str, ...]
    token: tuple[str, ...]
    scopes: tuple[str, ...]
    webhook_path: str
    token_path: str


_HOSTS: Mapping[str, _Host] = {
    GITHUB: _Host(
        webhook=(
            "Open Settings → Webhooks → Add webhook.",
            "Paste the webhook URL as Payload URL and the secret as Secret.",
            "Choose application/json as Content type and “Just the push event”.",
        ),
        token=(
            "Open Settings → Developer settings → Fine-grained tokens → Generate new token.",
            "Choose the owner of the repository, and this repository alone.",
        ),
        scopes=("Contents: read and write", "Pull requests: read and write", "Commit statuses: read and write"),
        webhook_path="/settings/hooks/new",
        token_path="/settings/personal-access-tokens/new",  # noqa: S106 - a path
    ),
    GITLAB: _Host(
        webhook=(
            "Open Settings → Webhooks → Add new webhook.",
            "Paste the webhook URL as URL and the secret as Secret token.",
            "Check Push events, and leave SSL verification on.",
        ),
        token=(
            "Open Settings → Access tokens → Add new token.",
            "Choose the role Developer; Maintainer where the branch of a move would be protected.",
        ),
        scopes=("api", "write_repository"),
        webhook_path="/-/hooks",
        token_path="/-/settings/access_tokens",  # noqa: S106 - a path
    ),
    GITEA: _Host(
        webhook=(
            "Open Settings → Webhooks → Add webhook → Gitea (or Forgejo).",
            "Paste the webhook URL as Target URL and the secret as Secret.",
            "Choose application/json and push events.",
        ),
        token=("Open your own Settings → Applications → Generate new token.",),
        scopes=("repository: read and write", "issue: read and write"),
        webhook_path="/settings/hooks/gitea/new",
        token_path="/user/settings/applications",  # noqa: S106 - a path
    ),
    BITBUCKET_CLOUD: _Host(
        webhook=(
            "Open Repository settings → Webhooks → Add webhook.",
            "Paste the webhook URL as URL and the secret as Secret.",
            "Choose Repository push.",
        ),
        token=("Open Repository settings → Access tokens → Create repository access token.",),
        scopes=("Repositories: write", "Pull requests: write"),
        webhook_path="/admin/webhooks",
        token_path="/admin/access-tokens",  # noqa: S106 - a path
    ),
    BITBUCKET_SERVER: _Host(
        webhook=(
            "Open Repository settings → Webhooks → Create webhook.",
            "Paste the webhook URL as URL and the secret as Secret.",
            "Choose Repository: Push.",
        ),
        token=("Open Repository settings → HTTP access tokens → Create token.",),
        scopes=("Repository write",),
        webhook_path="",
        token_path="",
    ),
    AZURE_DEVOPS: _Host(
        webhook=(
            "Open Project settings → Service hooks → Create subscription → Web Hooks.",
            "Choose the trigger Code pushed, this repository and the branch.",
            "Paste the webhook URL as URL, any user name, and the secret as Basic authentication password.",
        ),
        token=("Open User settings → Personal access tokens → New token, for this organization alone.",),
        scopes=("Code: read & write", "Code: status"),
        webhook_path="",
        token_path="",
    ),
}
_UPLOAD = ("Store the webhook URL as WHEELWAY_HOOK and the secret as WHEELWAY_SECRET in the CI system.",)
# Pages that belong to the user, not to the repository.
_OF_THE_USER = {GITHUB, GITEA}


def host_steps(provider: str, clone_url: str) -> HostSteps:
    """Return the steps at the host of a repository; those of signed uploads for a provider that is not a host."""
    host = _HOSTS.get(provider)
    if host is None:
        return HostSteps(_UPLOAD)
    try:
        url = parse_clone_url(clone_url)
    except InvalidCloneUrl:
        return HostSteps(host.webhook, "", host.token, "", host.scopes)
    site = _site(url)
    repository = f"{site}{url.path.removesuffix('.git')}"
    base = site if provider in _OF_THE_USER else repository
    return HostSteps(
        host.webhook,
        f"{repository}{host.webhook_path}" if host.webhook_path else "",
        host.token,
        f"{base}{host.token_path}" if host.token_path else "",
        host.scopes,
    )


def refused_token(provider: str, status: int) -> str:
    """Return the next step after the API answered 401, 403 or 404; empty for another status."""
    host = _HOSTS.get(provider)
    scopes = ", ".join(host.scopes) if host is not None else ""
    return {
        401: "The token is not valid any more: make a new one and save it here.",
        403: f"The token permits too little. It needs: {scopes}.",
        404: f"The token does not reach this repository: check its clone URL, and that the token is for it. Scopes: "
        f"{scopes}.",
    }.get(status, "")


def _site(url: CloneUrl) -> str:
    """Return the address of the host's pages; those of a repository that is read by ssh are at its https port."""
    host = {"ssh.github.com": "github.com", "altssh.gitlab.com": "gitlab.com", "altssh.bitbucket.org": "bitbucket.org"}
    if url.scheme == "ssh":
        return str(CloneUrl("https", host.get(url.host, url.host), 443, ""))
    return str(CloneUrl(url.scheme, url.host, url.port, ""))
