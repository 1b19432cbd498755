"""The history of a package as lines of its page: one for each release, regression, yank and status change of a poll."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from projects.presentation.target_names import describe_targets
from scanner.domain.phrases import count
from scanner.domain.releases.package_details import PackageEvent
from scanner.domain.targets.catalogue import CATALOGUE

# The events of a release name targets of the catalogue only.
_CATALOGUE = frozenset(target.slug for target in CATALOGUE)
_MOST_FILES = 3


class HistoryLine(Struct, frozen=True):
    """The changes of one kind that one poll found in one release.

    `own_targets` names those of the user's targets that are concerned. `files` are the first files;
    `more_files` more are left out.
    """

    kind: str
    version: str
    text: str
    own_targets: str
    files: tuple[str, ...]
    more_files: int
    uploaded_at: datetime | None
    seen_at: datetime


_FILE_TEXTS = {
    "added": "{} added",
    "yanked": "{} yanked",
    "unyanked": "{} no longer yanked",
    "removed": "{} removed from the index",
}


def history_lines(events: Iterable[PackageEvent], own: Sequence[str], limit: int) -> tuple[HistoryLine, ...]:
    """Return the newest `limit` lines of `events`, which are ordered newest first.

    `own` are the slugs of the user's targets. Files of a release that one poll found changed alike share a line.
    """
    groups: dict[tuple[object, ...], list[PackageEvent]] = {}
    for event in events:
        key = (event.kind, event.version, event.detail, event.seen_at)
        groups.setdefault(key, []).append(event)
    return tuple(_line(group, own) for group in list(groups.values())[:limit])


def _line(events: Sequence[PackageEvent], own: Sequence[str]) -> HistoryLine:
    first = events[0]
    files = tuple(event.filename for event in events if event.filename)
    known = [slug for slug in own if slug in _CATALOGUE]
    concerned = [slug for slug in known if slug in first.targets]
    return HistoryLine(
        kind=first.kind,
        version=first.version,
        text=_text(first, len(files), f"{len(concerned)} of your {len(known)}"),
        own_targets=describe_targets(concerned),
        files=files[:_MOST_FILES],
        more_files=max(0, len(files) - _MOST_FILES),
        uploaded_at=max((event.uploaded_at for event in events if event.uploaded_at), default=None),
        seen_at=first.seen_at,
    )


def _text(event: PackageEvent, files: int, own: str) -> str:
    targets = count(len(event.targets), "target")
    match event.kind:
        case "release":
            return f"complete: wheels for {targets} of the catalogue, {own}"
        case "regression":
            before = event.detail.removeprefix("against ")
            return f"has no wheel for {targets} that {before} supports, {own}"
        case "status":
            before, _, after = event.detail.partition(" → ")
            return f"the package status changed from {before} to {after}"
        case "first_poll":
            return "first poll; earlier changes are not known"
    text = _FILE_TEXTS.get(event.kind, "{} changed").format(count(files, "file"))
    return f"{text}: {event.detail}" if event.detail else text
