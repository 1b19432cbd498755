"""The history of a package as lines of its page: one for each release, regression, yank and status change of a poll."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from projects.presentation.package.status import status_word
from projects.presentation.target_names import describe_targets
from scanner.domain.releases.package_details import PackageEvent
from scanner.domain.targets.catalogue import CATALOGUE
from scanner.domain.translation import gettext, ngettext

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
        text=_text(
            first, len(files), gettext("{count} of your {total}").format(count=len(concerned), total=len(known))
        ),
        own_targets=describe_targets(concerned),
        files=files[:_MOST_FILES],
        more_files=max(0, len(files) - _MOST_FILES),
        uploaded_at=max((event.uploaded_at for event in events if event.uploaded_at), default=None),
        seen_at=first.seen_at,
    )


def _text(event: PackageEvent, files: int, own: str) -> str:
    targets = len(event.targets)
    match event.kind:
        case "release":
            text = ngettext(
                "complete: wheels for {count} target of the catalogue, {own}",
                "complete: wheels for {count} targets of the catalogue, {own}",
                targets,
            )
            return text.format(count=targets, own=own)
        case "regression":
            text = ngettext(
                "has no wheel for {count} target that {version} supports, {own}",
                "has no wheel for {count} targets that {version} supports, {own}",
                targets,
            )
            return text.format(count=targets, version=event.detail.removeprefix("against "), own=own)
        case "status":
            before, _, after = event.detail.partition(" → ")
            text = gettext("the package status changed from {before} to {after}")
            return text.format(before=status_word(before), after=status_word(after))
        case "first_poll":
            return gettext("first poll; earlier changes are not known")
    text = _of_files(event.kind, files).format(count=files)
    return f"{text}: {event.detail}" if event.detail else text


def _of_files(kind: str, files: int) -> str:
    """Return what happened to so many files, with a place for their number."""
    match kind:
        case "added":
            return ngettext("{count} file added", "{count} files added", files)
        case "yanked":
            return ngettext("{count} file yanked", "{count} files yanked", files)
        case "unyanked":
            return ngettext("{count} file no longer yanked", "{count} files no longer yanked", files)
        case "removed":
            return ngettext("{count} file removed from the index", "{count} files removed from the index", files)
        case _:
            return ngettext("{count} file changed", "{count} files changed", files)
