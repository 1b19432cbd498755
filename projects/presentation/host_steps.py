"""What to do at each repository host: where its webhook is made, where a token, and what a refused token needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

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
from scanner.domain.translation import gettext, noop


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
            noop("Open Settings → Webhooks → Add webhook."),
            noop("Paste the webhook URL as Payload URL and the secret as Secret."),
            noop("Choose application/json as Content type and “Just the push event”."),
        ),
        token=(
            noop("Open Settings → Developer settings → Fine-grained tokens → Generate new token."),
            noop("Choose the owner of the repository, and this repository alone."),
        ),
        scopes=("Contents: read and write", "Pull requests: read and write", "Commit statuses: read and write"),
        webhook_path="/settings/hooks/new",
        token_path="/settings/personal-access-tokens/new",  # noqa: S106 - a path
    ),
    GITLAB: _Host(
        webhook=(
            noop("Open Settings → Webhooks → Add new webhook."),
            noop("Paste the webhook URL as URL and the secret as Secret token."),
            noop("Check Push events, and leave SSL verification on."),
        ),
        token=(
            noop("Open Settings → Access tokens → Add new token."),
            noop("Choose the role Developer; Maintainer where the branch of a move would be protected."),
        ),
        scopes=("api", "write_repository"),
        webhook_path="/-/hooks",
        token_path="/-/settings/access_tokens",  # noqa: S106 - a path
    ),
    GITEA: _Host(
        webhook=(
            noop("Open Settings → Webhooks → Add webhook → Gitea (or Forgejo)."),
            noop("Paste the webhook URL as Target URL and the secret as Secret."),
            noop("Choose application/json and push events."),
        ),
        token=(noop("Open your own Settings → Applications → Generate new token."),),
        scopes=("repository: read and write", "issue: read and write"),
        webhook_path="/settings/hooks/gitea/new",
        token_path="/user/settings/applications",  # noqa: S106 - a path
    ),
    BITBUCKET_CLOUD: _Host(
        webhook=(
            noop("Open Repository settings → Webhooks → Add webhook."),
            noop("Paste the webhook URL as URL and the secret as Secret."),
            noop("Choose Repository push."),
        ),
        token=(noop("Open Repository settings → Access tokens → Create repository access token."),),
        scopes=("Repositories: write", "Pull requests: write"),
        webhook_path="/admin/webhooks",
        token_path="/admin/access-tokens",  # noqa: S106 - a path
    ),
    BITBUCKET_SERVER: _Host(
        webhook=(
            noop("Open Repository settings → Webhooks → Create webhook."),
            noop("Paste the webhook URL as URL and the secret as Secret."),
            noop("Choose Repository: Push."),
        ),
        token=(noop("Open Repository settings → HTTP access tokens → Create token."),),
        scopes=("Repository write",),
        webhook_path="",
        token_path="",
    ),
    AZURE_DEVOPS: _Host(
        webhook=(
            noop("Open Project settings → Service hooks → Create subscription → Web Hooks."),
            noop("Choose the trigger Code pushed, this repository and the branch."),
            noop("Paste the webhook URL as URL, any user name, and the secret as Basic authentication password."),
        ),
        token=(noop("Open User settings → Personal access tokens → New token, for this organization alone."),),
        scopes=("Code: read & write", "Code: status"),
        webhook_path="",
        token_path="",
    ),
}
_UPLOAD = (noop("Store the webhook URL as WHEELWAY_HOOK and the secret as WHEELWAY_SECRET in the CI system."),)
# Pages that belong to the user, not to the repository.
_OF_THE_USER = {GITHUB, GITEA}


def host_steps(provider: str, clone_url: str) -> HostSteps:
    """Return the steps at the host of a repository; those of signed uploads for a provider that is not a host."""
    host = _HOSTS.get(provider)
    if host is None:
        return HostSteps(_translated(_UPLOAD))
    webhook, token = _translated(host.webhook), _translated(host.token)
    try:
        url = parse_clone_url(clone_url)
    except InvalidCloneUrl:
        return HostSteps(webhook, "", token, "", host.scopes)
    site = _site(url)
    repository = f"{site}{url.path.removesuffix('.git')}"
    base = site if provider in _OF_THE_USER else repository
    return HostSteps(
        webhook,
        f"{repository}{host.webhook_path}" if host.webhook_path else "",
        token,
        f"{base}{host.token_path}" if host.token_path else "",
        host.scopes,
    )


def refused_token(provider: str, status: int) -> str:
    """Return the next step after the API answered 401, 403 or 404; empty for another status."""
    host = _HOSTS.get(provider)
    scopes = ", ".join(host.scopes) if host is not None else ""
    match status:
        case 401:
            return gettext("The token is not valid any more: create a new one and save it here.")
        case 403:
            return gettext("The token permits too little. It needs: {scopes}.").format(scopes=scopes)
        case 404:
            text = gettext(
                "The token does not reach this repository: check its clone URL, and that the token is for it. "
                "Scopes: {scopes}."
            )
            return text.format(scopes=scopes)
    return ""


def _translated(steps: Iterable[str]) -> tuple[str, ...]:
    return tuple(gettext(step) for step in steps)


def _site(url: CloneUrl) -> str:
    """Return the address of the host's pages; those of a repository that is read by ssh are at its https port."""
    host = {"ssh.github.com": "github.com", "altssh.gitlab.com": "gitlab.com", "altssh.bitbucket.org": "bitbucket.org"}
    if url.scheme == "ssh":
        return str(CloneUrl("https", host.get(url.host, url.host), 443, ""))
    return str(CloneUrl(url.scheme, url.host, url.port, ""))
