"""Where the projects stand on the headline targets: a heat table, and a bar for each target with its denominator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.presentation.columns import columns_of
from projects.presentation.freshness import is_stale
from projects.presentation.heatmap import LOOKS, HeatCell, heat_cell
from projects.presentation.portfolio.headlines import Headline, headline_of
from projects.presentation.portfolio.stored import StoredOutcome, StoredProject
from projects.presentation.stored import SnapshotLine
from scanner.domain.translation import gettext, ngettext, noop

_BAR_ORDER = (ProjectVerdict.GO, ProjectVerdict.CONDITIONAL, ProjectVerdict.NO_GO, ProjectVerdict.UNKNOWN)
_WORDS = {
    ProjectVerdict.GO: noop("ready"),
    ProjectVerdict.CONDITIONAL: noop("after upgrades"),
    ProjectVerdict.NO_GO: noop("blocked"),
    ProjectVerdict.UNKNOWN: noop("unknown"),
}
_COUNTED = {
    ProjectVerdict.GO: noop("{count} ready"),
    ProjectVerdict.CONDITIONAL: noop("{count} after upgrades"),
    ProjectVerdict.NO_GO: noop("{count} blocked"),
    ProjectVerdict.UNKNOWN: noop("{count} unknown"),
}
_WORST_FIRST = (ProjectVerdict.NO_GO, ProjectVerdict.UNKNOWN, ProjectVerdict.CONDITIONAL, ProjectVerdict.GO)


class PortfolioRow(Struct, frozen=True):
    """One project with a cell for each headline; None where it has no such target."""

    name: str
    slug: str
    tags: tuple[str, ...]
    snapshot: SnapshotLine | None
    asks: bool
    checked_at: datetime | None
    is_stale: bool
    cells: tuple[HeatCell | None, ...]


class BarPart(Struct, frozen=True):
    """The projects with one verdict. `start` and `width` are hundredths of the bar."""

    look: Verdict
    number: int
    text: str
    start: float
    width: float


class HeadlineBar(Struct, frozen=True):
    """One headline target: "14 of 37 projects ready, 12 after upgrades, 11 blocked"."""

    headline: Headline
    total: int
    text: str
    parts: tuple[BarPart, ...]


def target_of(project: StoredProject, headline: Headline) -> str | None:
    """Return the project's target that counts for a headline: of several floors the one with the worst verdict."""
    slugs = [column.slug for column in columns_of(project.targets) if headline_of(column).key == headline.key]
    return min(slugs, key=lambda slug: _WORST_FIRST.index(verdict_of(project, slug)), default=None)


def verdict_of(project: StoredProject, slug: str) -> ProjectVerdict:
    """Return the verdict of a target, unknown where no assessment has judged it."""
    outcome = project.outcomes.get(slug)
    return outcome.verdict if outcome else ProjectVerdict.UNKNOWN


def portfolio_rows(
    projects: Iterable[StoredProject], headlines: Sequence[Headline], now: datetime
) -> tuple[PortfolioRow, ...]:
    """Return the rows, the project with the most blocked headlines first, then the most unknown ones."""
    rows = [
        PortfolioRow(
            name=project.name,
            slug=project.slug,
            tags=project.tags,
            snapshot=project.snapshot,
            asks=project.asks,
            checked_at=project.checked_at,
            is_stale=is_stale(project.checked_at, now),
            cells=tuple(_cell(project, target_of(project, headline)) for headline in headlines),
        )
        for project in projects
    ]
    return tuple(sorted(rows, key=_rank))


def sorted_rows(rows: Iterable[PortfolioRow], headlines: Sequence[Headline], sort: str) -> tuple[PortfolioRow, ...]:
    """Return rows, which are worst first, by name, or with the worst on one headline first."""
    if sort == "name":
        return tuple(sorted(rows, key=lambda row: (row.name.casefold(), row.slug)))
    at = next((at for at, headline in enumerate(headlines) if headline.key == sort), None)
    return tuple(rows) if at is None else tuple(sorted(rows, key=lambda row: _badness(row.cells[at])))


def state_counts(rows: Iterable[PortfolioRow]) -> Counter[ProjectVerdict]:
    """Return how many projects have each state on one of the headlines, so that a project may count several times."""
    return Counter(verdict for row in rows for verdict in {cell.verdict for cell in row.cells if cell is not None})


def headline_bars(rows: Sequence[PortfolioRow], headlines: Sequence[Headline]) -> tuple[HeadlineBar, ...]:
    """Return a bar for each headline. Projects without such a target are not counted."""
    columns = zip(*(row.cells for row in rows), strict=True) if rows else ()
    return tuple(
        _bar(headline, [cell.verdict for cell in column if cell is not None])
        for headline, column in zip(headlines, columns, strict=False)
    )


def bar_parts(counts: Counter[ProjectVerdict]) -> tuple[BarPart, ...]:
    """Return the parts of a stacked bar, best first."""
    total, start, parts = counts.total(), 0.0, []
    for verdict in _BAR_ORDER:
        if counts[verdict]:
            width = 100 * counts[verdict] / total
            parts.append(
                BarPart(LOOKS[verdict], counts[verdict], _counted(counts, verdict), round(start, 2), round(width, 2))
            )
            start += width
    return tuple(parts)


def bar_text(counts: Counter[ProjectVerdict]) -> str:
    """Return a stacked bar in words, with its denominator: "0 of 2 projects ready, 2 after upgrades"."""
    text = ngettext("{count} of {total} project ready", "{count} of {total} projects ready", counts.total())
    others = [_counted(counts, verdict) for verdict in _BAR_ORDER[1:] if counts[verdict]]
    return ", ".join([text.format(count=counts[ProjectVerdict.GO], total=counts.total()), *others])


def state_word(verdict: ProjectVerdict) -> str:
    """Return the word for the state of a project on a target."""
    return gettext(_WORDS[verdict])


def _counted(counts: Counter[ProjectVerdict], verdict: ProjectVerdict) -> str:
    return gettext(_COUNTED[verdict]).format(count=counts[verdict])


def _bar(headline: Headline, verdicts: Sequence[ProjectVerdict]) -> HeadlineBar:
    counts = Counter(verdicts)
    return HeadlineBar(headline, counts.total(), bar_text(counts), bar_parts(counts))


def _cell(project: StoredProject, slug: str | None) -> HeatCell | None:
    if slug is None:
        return None
    (column,) = columns_of([slug])
    outcome = project.outcomes.get(slug, StoredOutcome(ProjectVerdict.UNKNOWN, {}, ()))
    return heat_cell(column, outcome.verdict, outcome.counts)


def _badness(cell: HeatCell | None) -> tuple[int, int]:
    """Return the place of a cell in a column that has the worst first; of two blocked ones that with more blockers."""
    if cell is None:
        return (len(_WORST_FIRST), 0)
    return (_WORST_FIRST.index(cell.verdict), -cell.number)


def _rank(row: PortfolioRow) -> tuple[int | str, ...]:
    counts = Counter(cell.verdict for cell in row.cells if cell is not None)
    return (*(-counts[verdict] for verdict in _WORST_FIRST[:3]), row.name.casefold(), row.slug)
