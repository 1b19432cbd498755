"""The heat map: where a project can run, Python by platform, in words with counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.presentation.columns import Column
from projects.presentation.risk_table.query import STATES

# Which package state lends its colour and glyph to a project's verdict.
LOOKS = {
    ProjectVerdict.GO: Verdict.READY,
    ProjectVerdict.CONDITIONAL: Verdict.UPGRADE,
    ProjectVerdict.NO_GO: Verdict.BLOCKED,
    ProjectVerdict.UNKNOWN: Verdict.UNKNOWN,
}
WORDS = {
    Verdict.BLOCKED: "blocked",
    Verdict.UPGRADE: "upgrade",
    Verdict.UNKNOWN: "unknown",
    Verdict.DEGRADED: "slower",
    Verdict.READY: "ready",
    Verdict.INACTIVE: "not needed",
}


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One target: the verdict's look, its few words ("7 upgrades"), and the other counts ("24 ready")."""

    column: Column
    verdict: ProjectVerdict
    look: Verdict
    words: str
    rest: str


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One Python over the map's platforms; None where the project has no such target."""

    python: str
    cells: tuple[HeatCell | None, ...]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Pythons down, platforms across, each in the order of the project's targets."""

    platforms: tuple[Column, ...]
    rows: tuple[HeatRow, ...]


def heat_map(columns: Sequence[Column], results: Mapping[str, tuple[str, Mapping[str, int]]]) -> HeatMap:
    """The map of `columns`. `results` maps a target to (project verdict, counts by package verdict).

    A target without a result is unknown.
    """
    platforms: dict[str, Column] = {}
    for column in columns:
        platforms.setdefault(column.platform_slug, column)
    pythons = {column.python_slug: column.python for column in columns}
    cells = {
        (column.python_slug, column.platform_slug): heat_cell(column, *results.get(column.slug, ("unknown", {})))
        for column in columns
    }
    return HeatMap(
        platforms=tuple(platforms.values()),
        rows=tuple(
            HeatRow(label, tuple(cells.get((python, platform)) for platform in platforms))
            for python, label in pythons.items()
        ),
    )


def heat_cell(column: Column, verdict: str, counts: Mapping[str, int]) -> HeatCell:
    """One target's cell. The words carry the count that decides; the rest follows, worst first."""
    judged = ProjectVerdict(verdict)
    look = LOOKS[judged]
    decisive = None if judged is ProjectVerdict.GO else look
    number = counts.get(look.value, 0)
    match judged:
        case ProjectVerdict.GO:
            words = "go"
        case ProjectVerdict.CONDITIONAL:
            words = _count(number, look) if number else "upgrades"
        case ProjectVerdict.NO_GO:
            words = f"{number} blocked" if number else "conflict"
        case ProjectVerdict.UNKNOWN:
            words = f"{number} unknown" if number else "not known"
    others = [state for state in STATES if state != decisive and counts.get(state.value)]
    rest = [_count(counts[state.value], state) for state in others]
    return HeatCell(column, judged, look, words, ", ".join(rest))


def _count(number: int, state: Verdict) -> str:
    plural = "s" if state is Verdict.UPGRADE and number != 1 else ""
    return f"{number} {WORDS[state]}{plural}"
