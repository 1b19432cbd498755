"""What changed in the last week over all projects: packages that got better or worse, and what changed upstream."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from projects.domain.assessment.diff import ChangeKind, PackageChange, net_changes
from projects.domain.assessment.verdicts import Verdict
from projects.presentation.changes import ChangeSummary, describe_differences
from projects.presentation.columns import columns_of
from projects.presentation.portfolio.obstacles import ProjectPlace
from projects.presentation.portfolio.stored import RecentNote, StoredProject
from scanner.domain.translation import gettext, noop

_KINDS = (ChangeKind.BETTER, ChangeKind.WORSE, ChangeKind.NEW)
_COUNTED = {
    ChangeKind.BETTER: noop("{count} cleared or better"),
    ChangeKind.WORSE: noop("{count} worse"),
    ChangeKind.NEW: noop("{count} new and not ready"),
}
_MOST_LINES = 20


class WeekLine(Struct, frozen=True):
    """One change of a package with the projects that have it."""

    change: ChangeSummary
    places: tuple[ProjectPlace, ...]


class WeekNote(Struct, frozen=True):
    """One upstream change with the projects that it affects."""

    headline: str
    look: Verdict
    name: str
    places: tuple[ProjectPlace, ...]


class Week(Struct, frozen=True):
    """The changes of the last seven days. `text` counts them, "" when there are none."""

    text: str
    lines: tuple[WeekLine, ...]
    left_out: int
    notes: tuple[WeekNote, ...]


def describe_week(
    projects: Iterable[StoredProject],
    targets: Mapping[int, Collection[str]],
    changes: Mapping[int, Sequence[PackageChange]],
    notes: Iterable[RecentNote],
) -> Week:
    """Return the week of these projects. `targets` are the targets that count, by project."""
    by_pk = {project.pk: project for project in projects}
    lines: dict[tuple[ChangeKind, str, str], tuple[ChangeSummary, list[ProjectPlace]]] = {}
    for pk, project in by_pk.items():
        columns = {column.slug: column for column in columns_of(targets[pk])}
        net = net_changes(change for change in changes.get(pk, ()) if change.target in columns)
        for change in describe_differences([one for one in net if _counts(one)], columns):
            _, places = lines.setdefault((change.kind, change.name, change.text), (change, []))
            places.append(ProjectPlace(project.slug, project.name, next(iter(columns), "")))
    ranked = sorted(lines.values(), key=lambda line: (_KINDS.index(line[0].kind), -len(line[1]), line[0].name))
    upstream = _notes(by_pk, notes)
    counts = Counter(change.kind for change, _ in ranked)
    words = [gettext(_COUNTED[kind]).format(count=counts[kind]) for kind in _KINDS if counts[kind]]
    if upstream:
        words.append(gettext("{count} upstream").format(count=len(upstream)))
    return Week(
        text=", ".join(words),
        lines=tuple(WeekLine(change, tuple(places)) for change, places in ranked[:_MOST_LINES]),
        left_out=max(0, len(ranked) - _MOST_LINES),
        notes=upstream,
    )


def _counts(change: PackageChange) -> bool:
    """Return whether the change is for the better or the worse.

    A new package that is ready changes nothing, and one of which nothing was known before only became known.
    """
    if change.before_verdict is Verdict.UNKNOWN:
        return False
    if change.kind is ChangeKind.NEW:
        return change.after_verdict not in (Verdict.READY, Verdict.INACTIVE)
    return change.kind in _KINDS


def _notes(projects: Mapping[int, StoredProject], notes: Iterable[RecentNote]) -> tuple[WeekNote, ...]:
    found: dict[tuple[str, str], tuple[RecentNote, list[ProjectPlace]]] = {}
    for one in notes:
        project = projects.get(one.project)
        if project is not None:
            _, places = found.setdefault((one.note.name, one.note.headline), (one, []))
            places.append(ProjectPlace(project.slug, project.name, ""))
    return tuple(
        WeekNote(one.note.headline, one.note.look, one.note.name, tuple(places)) for one, places in found.values()
    )
