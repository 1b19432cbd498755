"""What is stored about one package, as its page shows it: releases by target, polls, problems and recent events."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from scanner.domain.files.filenames import FileKind
from scanner.domain.files.project_links import ProjectLink
from scanner.domain.index_page.page import PageProblem
from scanner.domain.matching.availability import Offer


class PackageEvent(Struct, frozen=True):
    """A change that a poll found. `kind` is a value of WheelEventKind.

    `targets` are slugs of the catalogue: those that a complete release supports, or those that a regression dropped.
    """

    kind: str
    version: str
    filename: str
    detail: str
    targets: tuple[str, ...]
    uploaded_at: datetime | None
    seen_at: datetime


class ListedFile(Struct, frozen=True):
    """A file of a release as the index lists it. `url` is "" where it is not one to link to."""

    filename: str
    kind: FileKind
    url: str
    size: int | None
    uploaded_at: datetime | None
    yanked: bool


class ReleaseListing(Struct, frozen=True):
    """What a release has: its files, and what its metadata requires, None where that was not read."""

    files: tuple[ListedFile, ...] = ()
    requirements: tuple[str, ...] | None = None


class ReleaseOffers(Struct, frozen=True):
    """A release with one offer for each requested target, in their order."""

    version: str
    uploaded_at: datetime | None
    offers: tuple[Offer, ...]


class PackageDetails(Struct, frozen=True):
    """A package on one index. `releases` are the newest first, at most as many as requested of `release_count`.

    `state` is a value of PackageState. `unread` are the versions whose dependencies could not be read, each with the
    reason. `due_reason` is a clause: why the next poll is at `due_at`. `links` are those that a release names.
    """

    name: str
    state: str
    status: str
    status_reason: str
    checked_at: datetime | None
    changed_at: datetime | None
    due_at: datetime | None
    due_reason: str
    last_error: str
    problems: tuple[PageProblem, ...]
    unparsed: tuple[str, ...]
    release_count: int
    releases: tuple[ReleaseOffers, ...]
    events: tuple[PackageEvent, ...]
    unread: tuple[tuple[str, str], ...] = ()
    links: tuple[ProjectLink, ...] = ()
