"""What polls saw of a package, as lines that a person reads: one for each release, loss, yank and status. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from projects.presentation.target_names import describe_targets
from scanner.domain.releases.history import PackageEvent
from scanner.domain.targets.catalogue import CATALOGUE

# Only of these do the events of a release tell.
_CATALOGUE = frozenset(target.slug for target in CATALOGUE)
_FILES = 3


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Some changes of one release that one poll saw.

    `where` names the reader's own targets, `files` the files, of which `more` are left out.
    """

    kind: str
    version: str
    words: str
    where: str
    files: tuple[str, ...]
    more: int
    uploaded_at: datetime | None
    seen_at: datetime


_FILE_WORDS = {
    "added": "{} added",
    "yanked": "{} withdrawn (yanked)",
    "unyanked": "the yank of {} taken back",
    "removed": "{} removed from the index",
}


def history_lines(events: Iterable[PackageEvent], own: Sequence[str], limit: int) -> tuple[HistoryLine, ...]:
    """The newest `limit` lines of `events`, which come newest first. `own`: the targets of the reader's projects.

    Files of one release that one poll saw change in the same way are one line.
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
    mine = [slug for slug in known if slug in first.targets]
    return HistoryLine(
        kind=first.kind,
        version=first.version,
        words=_words(first, len(files), f"{len(mine)} of your {len(known)}"),
        where=describe_targets(mine),
        files=files[:_FILES],
        more=max(0, len(files) - _FILES),
        uploaded_at=max((event.uploaded_at for event in events if event.uploaded_at), default=None),
        seen_at=first.seen_at,
    )


def _words(event: PackageEvent, files: int, mine: str) -> str:
    number = len(event.targets)
    match event.kind:
        case "release":
            return f"complete: wheels for {number} of the targets that are looked at, {mine}"
        case "regression":
            before = event.detail.removeprefix("against ")
            return f"has no wheel for {_targets(number)} that {before} served, {mine}"
        case "status":
            return f"the package went from {event.detail.replace(' → ', ' to ')}"
        case "first_poll":
            return "first read; what was there then is no news"
    words = _FILE_WORDS.get(event.kind, "{} changed").format(f"{files} file{'' if files == 1 else 's'}")
    return f"{words}: {event.detail}" if event.detail else words


def _targets(number: int) -> str:
    return f"{number} target{'' if number == 1 else 's'}"
