"""The heat map: where a project can run, Python by platform, in words with counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.presentation.columns import Column
from projects.presentation.risk_table.query import STATES
from projects.presentation.stored import TargetSummary
from projects.presentation.words import verdict_word
from scanner.domain.phrases import count
from scanner.domain.translation import gettext

# Which package state lends its colour and glyph to a project's verdict.
LOOKS = {
    ProjectVerdict.GO: Verdict.READY,
    ProjectVerdict.CONDITIONAL: Verdict.UPGRADE,
    ProjectVerdict.NO_GO: Verdict.BLOCKED,
    ProjectVerdict.UNKNOWN: Verdict.UNKNOWN,
}
# Which package state decides, the first that some package has.
_DECISIVE = {
    ProjectVerdict.GO: (),
    ProjectVerdict.CONDITIONAL: (Verdict.UPGRADE, Verdict.HELD_BACK, Verdict.NOT_JUDGED, Verdict.IGNORED),
    ProjectVerdict.NO_GO: (Verdict.BLOCKED,),
    ProjectVerdict.UNKNOWN: (Verdict.UNKNOWN, Verdict.NOT_JUDGED),
}


class HeatCell(Struct, frozen=True):
    """One target: the verdict's look, its few words ("7 upgrades"), and the other counts ("24 ready").

    `number` is the count in its words, 0 without one.
    """

    column: Column
    verdict: ProjectVerdict
    look: Verdict
    text: str
    rest: str
    number: int


class HeatRow(Struct, frozen=True):
    """One Python over the map's platforms; None where the project has no such target."""

    python: str
    cells: tuple[HeatCell | None, ...]


class HeatMap(Struct, frozen=True):
    """Pythons down, platforms across, each in the order of the project's targets."""

    platforms: tuple[Column, ...]
    rows: tuple[HeatRow, ...]


def heat_map(columns: Sequence[Column], targets: Mapping[str, TargetSummary]) -> HeatMap:
    """Return the map of `columns`. A target without a summary is unknown."""
    platforms: dict[str, Column] = {}
    for column in columns:
        platforms.setdefault(column.platform_slug, column)
    pythons = {column.python_slug: column.python for column in columns}
    cells = {}
    for column in columns:
        target = targets.get(column.slug)
        verdict, counts = (target.verdict, target.counts) if target else (ProjectVerdict.UNKNOWN, {})
        cells[column.python_slug, column.platform_slug] = heat_cell(column, verdict, counts)
    return HeatMap(
        platforms=tuple(platforms.values()),
        rows=tuple(
            HeatRow(label, tuple(cells.get((python, platform)) for platform in platforms))
            for python, label in pythons.items()
        ),
    )


def heat_cell(column: Column, verdict: ProjectVerdict, counts: Mapping[str, int]) -> HeatCell:
    """Return one target's cell. Its text has the count that decides; the rest follows, worst first."""
    look = LOOKS[verdict]
    decisive = next((state for state in _DECISIVE[verdict] if counts.get(state.value)), None)
    number = counts.get(decisive.value, 0) if decisive is not None else 0
    match verdict:
        case ProjectVerdict.GO:
            text = gettext("ready")
        case ProjectVerdict.CONDITIONAL:
            text = _count(number, decisive) if decisive is not None else gettext("conditional")
        case ProjectVerdict.NO_GO:
            text = _count(number, Verdict.BLOCKED) if number else gettext("conflict")
        case ProjectVerdict.UNKNOWN:
            text = _count(number, decisive) if decisive is not None else gettext("not known")
    if decisive is Verdict.IGNORED:
        look = decisive
    others = [state for state in STATES if state != decisive and counts.get(state.value)]
    rest = [_count(counts[state.value], state) for state in others]
    return HeatCell(column, verdict, look, text, ", ".join(rest), number)


def _count(number: int, state: Verdict) -> str:
    return count(number, "upgrade") if state is Verdict.UPGRADE else f"{number} {verdict_word(state)}"
