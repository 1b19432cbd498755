"""The portfolio: where all projects of a user stand, what changed, and what to do first."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from projects.domain.assessment.verdicts import ProjectVerdict
from projects.presentation.portfolio.burndown import Burndown, burndowns
from projects.presentation.portfolio.headlines import Headline
from projects.presentation.portfolio.obstacles import RankedPackage, blockers, upgrades
from projects.presentation.portfolio.query import STATE_KEYS, PortfolioQuery
from projects.presentation.portfolio.standing import (
    STATE_WORDS,
    HeadlineBar,
    PortfolioRow,
    headline_bars,
    portfolio_rows,
    target_of,
)
from projects.presentation.portfolio.stored import DeletedProject, PortfolioState
from projects.presentation.portfolio.week import Week, describe_week
from scanner.domain.phrases import count


class PortfolioPage(Struct, frozen=True):
    """Everything that the portfolio shows for one query. `project_count` is before the filter.

    `tags` are all of them, each with whether it is chosen; `states` too, with what each is called before.
    `empty_text` says why no project passes. `is_judged`: some project that passes has a verdict on a target shown.
    """

    query: PortfolioQuery
    headlines: tuple[Headline, ...]
    all_headlines: tuple[Headline, ...]
    rows: tuple[PortfolioRow, ...]
    project_count: int
    count_text: str
    bars: tuple[HeadlineBar, ...]
    blockers: tuple[RankedPackage, ...]
    upgrades: tuple[RankedPackage, ...]
    week: Week
    burndowns: tuple[Burndown, ...]
    first_assessed_at: datetime | None
    tags: tuple[tuple[str, bool], ...]
    states: tuple[tuple[str, str, bool], ...]
    empty_text: str
    is_judged: bool
    deleted: tuple[DeletedProject, ...]


def portfolio_page(state: PortfolioState, query: PortfolioQuery, now: datetime) -> PortfolioPage:
    """Return the page for what is stored. Every number on it counts the projects that pass the filter."""
    wanted = query.name.casefold()
    projects = [
        one
        for one in state.projects
        if (wanted in one.name.casefold() or wanted in one.slug)
        and (not query.tags or any(tag in query.tags for tag in one.tags))
    ]
    headlines = state.headlines
    known_tags = {tag for one in state.projects for tag in one.tags}
    rows = portfolio_rows(projects, headlines, now)
    if query.states:
        rows = tuple(row for row in rows if any(cell and cell.verdict in query.states for cell in row.cells))
        shown = {row.slug for row in rows}
        projects = [one for one in projects if one.slug in shown]
    bars = headline_bars(rows, headlines)
    targets = {
        project.pk: [slug for headline in headlines if (slug := target_of(project, headline))] for project in projects
    }
    return PortfolioPage(
        query=query,
        headlines=headlines,
        all_headlines=state.all_headlines,
        rows=rows,
        project_count=len(state.projects),
        count_text=f"{len(rows)} of {count(len(state.projects), 'project')}",
        bars=bars,
        blockers=blockers(projects, headlines),
        upgrades=upgrades(projects, headlines),
        week=describe_week(projects, targets, state.changes, state.notes),
        burndowns=burndowns(projects, bars, state.days, state.past),
        first_assessed_at=state.first_assessed_at,
        tags=tuple((tag, tag in query.tags) for tag in sorted(known_tags, key=str.casefold)),
        states=tuple((key, STATE_WORDS[state], state in query.states) for state, key in STATE_KEYS.items()),
        empty_text=_empty_text(query),
        is_judged=any(
            cell is not None and cell.verdict is not ProjectVerdict.UNKNOWN for row in rows for cell in row.cells
        ),
        deleted=state.deleted,
    )


def _empty_text(query: PortfolioQuery) -> str:
    asked = {"one of these tags": query.tags, "one of these states on these targets": query.states}
    wishes = " and ".join(wish for wish, is_asked in asked.items() if is_asked)
    if query.name:
        return f"No project name contains “{query.name}”{f' with {wishes}' if wishes else ''}."
    return f"No project has {wishes}."
