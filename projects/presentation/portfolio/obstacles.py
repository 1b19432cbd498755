"""What the portfolio hangs on: blockers by how many projects have them, and the upgrade that clears most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct, field
from packaging.version import InvalidVersion, Version

from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.presentation.cell_summary import CellSummary
from projects.presentation.columns import columns_of, place_text
from projects.presentation.portfolio.headlines import Headline
from projects.presentation.portfolio.standing import target_of
from projects.presentation.portfolio.stored import StoredOutcome, StoredProject
from projects.presentation.waiting import WaitingNode, WaitingStep, merge_chains
from scanner.domain.phrases import count
from scanner.domain.translation import gettext, ngettext

_MOST_BLOCKERS = 10
_MOST_UPGRADES = 5
_MOST_CAUSES = 3


class ProjectPlace(Struct, frozen=True):
    """A project where a package needs work, with the target that shows it."""

    slug: str
    name: str
    target: str


class RankedPackage(Struct, frozen=True):
    """A package that blocks, or that must be upgraded, over the projects of the portfolio.

    `versions` are those in use, joined. `first` is the lowest version that works wherever any does, "" for a blocker.
    `text` says how much hangs on it, `cause` why it blocks: where the causes differ, each with its targets, and `where`
    is empty. `waiting` are the packages and projects that need it, nearest first; empty where only projects do.
    """

    name: str
    versions: str
    first: str
    text: str
    cause: str
    where: str
    places: tuple[ProjectPlace, ...]
    waiting: tuple[WaitingNode, ...]


class _Found(Struct):
    cells: list[tuple[StoredProject, str, StoredOutcome, CellSummary]] = field(default_factory=list)

    @property
    def projects(self) -> dict[str, ProjectPlace]:
        places: dict[str, ProjectPlace] = {}
        for project, target, _, _ in self.cells:
            places.setdefault(project.slug, ProjectPlace(project.slug, project.name, target))
        return places

    @property
    def dependents(self) -> set[tuple[str, str]]:
        """The packages through which it comes into a project: those that hang on it."""
        return {
            (project.slug, step)
            for project, _, _, cell in self.cells
            for step in _steps(cell.path)
            if step != cell.name
        }

    @property
    def waiting(self) -> tuple[WaitingNode, ...]:
        """What needs it, as a tree."""
        chains = [
            (*map(WaitingStep, _steps(cell.path)[-2::-1]), WaitingStep(project.name, project.slug))
            for project, _, _, cell in self.cells
        ]
        return merge_chains(chains) if any(len(chain) > 1 for chain in chains) else ()

    @property
    def finished(self) -> int:
        """On how many targets it is the only package that needs work."""
        return sum(
            outcome.verdict is ProjectVerdict.CONDITIONAL and len(outcome.cells) == 1 for _, _, outcome, _ in self.cells
        )


def blockers(projects: Iterable[StoredProject], headlines: Sequence[Headline]) -> tuple[RankedPackage, ...]:
    """Return the packages that block headlines: those of most projects first, then those that most packages need."""
    return tuple(_blocker(name, one) for name, one in _ranked_blockers(projects, headlines)[:_MOST_BLOCKERS])


def upgrades(projects: Iterable[StoredProject], headlines: Sequence[Headline]) -> tuple[RankedPackage, ...]:
    """Return the upgrades that clear most: the cells that one finishes count first, then all that need it."""
    return tuple(_upgrade(name, one) for name, one in _ranked_upgrades(projects, headlines)[:_MOST_UPGRADES])


def names_in_the_way(projects: Sequence[StoredProject], headlines: Sequence[Headline]) -> list[str]:
    """Return all packages that keep projects from headlines, most in the way first: blockers, then upgrades."""
    ranked = [*_ranked_blockers(projects, headlines), *_ranked_upgrades(projects, headlines)]
    return list(dict.fromkeys(name for name, _ in ranked))


def _ranked_blockers(projects: Iterable[StoredProject], headlines: Sequence[Headline]) -> list[tuple[str, _Found]]:
    found = _collect(projects, headlines, Verdict.BLOCKED)
    return sorted(
        found.items(), key=lambda item: (-len(item[1].projects), -len(item[1].dependents), -len(item[1].cells), item[0])
    )


def _ranked_upgrades(projects: Iterable[StoredProject], headlines: Sequence[Headline]) -> list[tuple[str, _Found]]:
    found = _collect(projects, headlines, Verdict.UPGRADE)
    return sorted(
        found.items(), key=lambda item: (-item[1].finished, -len(item[1].cells), -len(item[1].projects), item[0])
    )


def _collect(projects: Iterable[StoredProject], headlines: Sequence[Headline], verdict: Verdict) -> dict[str, _Found]:
    found: dict[str, _Found] = {}
    for project in projects:
        for headline in headlines:
            target = target_of(project, headline)
            outcome = project.outcomes.get(target) if target else None
            if target is None or outcome is None:
                continue
            for cell in outcome.cells:
                if cell.verdict == verdict:
                    found.setdefault(cell.name, _Found()).cells.append((project, target, outcome, cell))
    return found


def _blocker(name: str, found: _Found) -> RankedPackage:
    dependents = len(found.dependents)
    text = count(len(found.projects), "project")
    if dependents:
        needing = ngettext("{count} package needs it", "{count} packages need it", dependents)
        text += f", {needing.format(count=dependents)}"
    return _obstacle(name, found, "", text, *_cause(found))


def _upgrade(name: str, found: _Found) -> RankedPackage:
    cells, projects = len(found.cells), len(found.projects)
    on_targets = ngettext("on {count} target", "on {count} targets", cells).format(count=cells)
    text = ngettext("{count} project needs it {on_targets}", "{count} projects need it {on_targets}", projects)
    text = text.format(count=projects, on_targets=on_targets)
    if found.finished:
        text += f"; {_finished(found.finished, cells)}"
    first = max((cell.first for *_, cell in found.cells), key=_version_key)
    return _obstacle(name, found, first, text, "", _where(dict.fromkeys(target for _, target, _, _ in found.cells)))


def _finished(number: int, cells: int) -> str:
    """Return on how many of its targets an upgrade is all that is missing."""
    if cells == 1:
        return gettext("there nothing else is missing")
    if number == cells:
        return gettext("on all of them nothing else is missing")
    return ngettext(
        "on {count} of them nothing else is missing", "on {count} of them nothing else is missing", number
    ).format(count=number)


def _obstacle(name: str, found: _Found, first: str, text: str, cause: str, where: str) -> RankedPackage:
    return RankedPackage(
        name=name,
        versions=", ".join(sorted({cell.version for *_, cell in found.cells if cell.version}, key=_version_key)),
        first=first,
        text=text,
        cause=cause,
        where=where,
        places=tuple(found.projects.values()),
        waiting=found.waiting,
    )


def _cause(found: _Found) -> tuple[str, str]:
    """Return why a package is in the way and where; where the causes differ, each with its own targets."""
    targets: dict[str, dict[str, None]] = {}
    texts: dict[str, str] = {}
    for _, target, _, cell in found.cells:
        text = cell.cause or cell.reason
        # The same cause is of several versions.
        key = text.partition(": ")[2] or text
        texts.setdefault(key, text)
        targets.setdefault(key, {})[target] = None
    if len(texts) == 1:
        (text,) = texts.values()
        return text, _where(next(iter(targets.values())))
    first, *others = targets
    parts = [f"{texts[first]} ({_where(targets[first])})"]
    parts += [f"{key} ({_where(targets[key])})" for key in others[: _MOST_CAUSES - 1]]
    return "; ".join(parts), ""


def _where(targets: Iterable[str]) -> str:
    return place_text(sorted(columns_of(targets), key=lambda column: column.platform))


def _steps(path: str) -> list[str]:
    """Return the packages of a cell's path, such as "sqlalchemy → greenlet"; none where it has but one."""
    steps = path.split(" → ")
    return steps if len(steps) > 1 else []


def _version_key(text: str) -> tuple[int, Version | str]:
    try:
        return (1, Version(text))
    except InvalidVersion:
        return (0, text)
