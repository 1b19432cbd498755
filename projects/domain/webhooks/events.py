"""What moved at a repository host, whoever tells it. One delivery may tell of several refs (Bitbucket, Azure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

GITHUB, GITLAB, GITEA = "github", "gitlab", "gitea"
BITBUCKET_CLOUD, BITBUCKET_SERVER, AZURE_DEVOPS = "bitbucket-cloud", "bitbucket-server", "azure-devops"
PROVIDERS = (GITHUB, GITLAB, GITEA, BITBUCKET_CLOUD, BITBUCKET_SERVER, AZURE_DEVOPS)


@dataclass(frozen=True, slots=True)
class Push:
    """One ref that moved. `before` is None when the host does not tell it or the ref is new, `after` when it is gone.

    `forced` is None where the host does not say. `changed_paths` is None unless the list is known to be whole: hosts
    leave out commits of long pushes, and files that vanish with a force push are in no list.
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
        """Whether the ref is gone."""
        return self.after is None

    @property
    def branch(self) -> str | None:
        """The branch's short name, None for a tag or another ref."""
        return self.ref.removeprefix("refs/heads/") if self.ref.startswith("refs/heads/") else None


@dataclass(frozen=True, slots=True)
class PingEvent:
    """The host tries the hook; nothing happened."""


@dataclass(frozen=True, slots=True)
class IgnoredEvent:
    """A well-formed delivery that is no push."""

    reason: str


@dataclass(frozen=True, slots=True)
class InvalidPayload:
    """Not what this host sends."""

    reason: str


PushEvents = tuple[Push, ...] | PingEvent | IgnoredEvent | InvalidPayload


def push_to_branch(pushes: tuple[Push, ...], branch: str) -> Push | IgnoredEvent:
    """The one push of a delivery that moved `branch`, or the reason why there is none."""
    for push in pushes:
        if push.branch == branch:
            return push
    refs = ", ".join(push.ref for push in pushes[:3]) or "no ref"
    return IgnoredEvent(f"it moved {refs}, and {branch} is followed")
