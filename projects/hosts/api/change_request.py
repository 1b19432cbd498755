"""Pull requests of GitHub, Gitea and Forgejo, and merge requests of GitLab, as one shape."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class RequestState(StrEnum):
    """The state of a change request."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """A change request as its host has it. `number` counts within the repository; `head` is the branch's commit."""

    number: int
    url: str
    state: RequestState
    title: str
    body: str
    branch: str
    head: str = ""


@dataclass(frozen=True, slots=True)
class ChangeText:
    """Title and body of a change request, in Markdown."""

    title: str
    body: str
