"""Everything stored about one package, read for its page: releases by target, polls, problems and recent events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from scanner.domain.matching.availability import Offer
from scanner.domain.releases.history import PackageEvent
from scanner.domain.releases.pooling import StoredRelease
from scanner.domain.targets.target import Target
from scanner.models import Package, PackageState, ReleaseFile, WheelEvent
from scanner.selectors.candidates import ProfileTable, stored_packages

# A release may have a hundred files, each an event of its own.
_EVENTS = 400
_UNPARSED = 50


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """One release. `offers` follows the asked targets."""

    version: str
    uploaded_at: datetime | None
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row of the index page, or a file name, that could not be read."""

    place: str
    text: str
    message: str


@dataclass(frozen=True, slots=True)
class PackagePage:
    """One package as its page shows it. `releases` are the newest first, at most as many as were asked for."""

    name: str
    state: PackageState
    status: str
    status_reason: str
    checked_at: datetime | None
    changed_at: datetime | None
    due_at: datetime | None
    due_reason: str
    last_error: str
    problems: tuple[SkippedRow, ...]
    unparsed: tuple[str, ...]
    release_count: int
    releases: tuple[ReleaseLine, ...]
    events: tuple[PackageEvent, ...]


def package_page(index_id: int, name: str, targets: Sequence[Target], limit: int) -> PackagePage | None:
    """The package with its newest `limit` releases on `targets`; None when nobody has asked for it. Six queries."""
    package = Package.objects.filter(index=index_id, name=name).first()
    if package is None:
        return None
    records = stored_packages((index_id,), [name])
    releases = list(reversed(records[name].releases)) if name in records else []
    unparsed = ReleaseFile.objects.filter(package=package, release=None).order_by("filename")
    return PackagePage(
        name=package.name,
        state=PackageState(package.state),
        status=package.status,
        status_reason=package.status_reason,
        checked_at=package.checked_at,
        changed_at=package.changed_at,
        due_at=package.due_at,
        due_reason=package.due_reason,
        last_error=package.last_error,
        problems=tuple(
            SkippedRow(str(row.get("place") or ""), str(row.get("text") or ""), str(row.get("message") or ""))
            for row in package.problems
        ),
        unparsed=tuple(unparsed.values_list("filename", flat=True)[:_UNPARSED]),
        release_count=len(releases),
        releases=_release_lines(releases[:limit], targets),
        events=_events(package),
    )


def _release_lines(releases: Sequence[StoredRelease], targets: Sequence[Target]) -> tuple[ReleaseLine, ...]:
    shapes = ProfileTable({release.profile for release in releases}, targets)
    return tuple(
        ReleaseLine(str(release.version), release.first_uploaded_at, shapes.offers(release.profile))
        for release in releases
    )


def _events(package: Package) -> tuple[PackageEvent, ...]:
    return tuple(
        PackageEvent(
            kind=event.kind,
            version=event.version,
            filename=event.filename,
            detail=event.detail,
            targets=tuple(event.targets),
            uploaded_at=event.uploaded_at,
            seen_at=event.seen_at,
        )
        for event in WheelEvent.objects.filter(package=package).order_by("-seen_at", "-pk")[:_EVENTS]
    )
