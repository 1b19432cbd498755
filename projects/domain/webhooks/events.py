"""Webhook events in one form for all providers. One delivery may report several refs (Bitbucket, Azure DevOps)."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from projects.domain.failures import OTHER_BRANCH

GITHUB, GITLAB, GITEA = "github", "gitlab", "gitea"
BITBUCKET_CLOUD, BITBUCKET_SERVER, AZURE_DEVOPS = "bitbucket-cloud", "bitbucket-server", "azure-devops"
PROVIDERS = (GITHUB, GITLAB, GITEA, BITBUCKET_CLOUD, BITBUCKET_SERVER, AZURE_DEVOPS)


class Push(Struct, frozen=True):
    """One updated ref. `before` is None if it is unknown or the ref is new, `after` if the ref was deleted.

    `forced` is None where the provider does not say. `changed_paths` is None unless the list is known to be complete:
    providers truncate long pushes, and no list has the files that a force push removes.
    """

    provider: str
    repository_id: str
    repository: str
    ref: str
    before: str | None
    after: str | None
    forced: bool | None = None
    changed_paths: frozenset[str] | None = None
    pusher: str = ""
    timestamp: datetime | None = None
    created: bool = False

    @property
    def deleted(self) -> bool:
        """Whether the ref was deleted."""
        return self.after is None

    @property
    def branch(self) -> str | None:
        """Short name of the branch, None for a tag or another ref."""
        return self.ref.removeprefix("refs/heads/") if self.ref.startswith("refs/heads/") else None


class PingEvent(Struct, frozen=True):
    """A test delivery that the provider sends when a hook is created."""


class IgnoredEvent(Struct, frozen=True):
    """A valid delivery that is not a push to the followed branch, with the reason."""

    reason: str


class InvalidPayload(Struct, frozen=True):
    """A body that this provider does not send, with the reason."""

    reason: str


WebhookEvent = tuple[Push, ...] | PingEvent | IgnoredEvent | InvalidPayload


def push_to_branch(pushes: tuple[Push, ...], branch: str) -> Push | IgnoredEvent:
    """Return the push to `branch` in a delivery, or why there is none."""
    for push in pushes:
        if push.branch == branch:
            return push
    refs = ", ".join(push.ref for push in pushes[:3]) or "no ref"
    return IgnoredEvent(OTHER_BRANCH.format(refs=refs, branch=branch))
