"""Change requests, commit statuses and comments as one shape for all hosts."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class RequestState(StrEnum):
    """The state of a change request."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


class ChangeRequest(Struct, frozen=True):
    """A change request as its host has it. `number` counts within the repository; `head` is the branch's commit."""

    number: int
    url: str
    state: RequestState
    title: str
    body: str
    branch: str
    head: str = ""


class ChangeText(Struct, frozen=True):
    """Title and body of a change request, in Markdown."""

    title: str
    body: str


class StatusState(StrEnum):
    """The state of a commit status."""

    PENDING = "pending"
    SUCCESS = "success"
    FAILURE = "failure"


class CommitStatus(Struct, frozen=True):
    """A commit status: at most 140 characters of `text`, and the page to which it leads."""

    state: StatusState
    text: str
    url: str


# The name under which statuses stand; one that is posted again takes the place of the last.
STATUS_NAME = "wheelway"
