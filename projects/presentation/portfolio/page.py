"""The portfolio: where all projects of a user stand, what changed, and what to do first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from projects.presentation.portfolio.burndown import Burndown, burndowns
from projects.presentation.portfolio.headlines import Headline
from projects.presentation.portfolio.obstacles import RankedPackage, blockers, upgrades
from projects.presentation.portfolio.query import PortfolioQuery
from projects.presentation.portfolio.standing import (
    HeadlineBar,
    PortfolioRow,
    headline_bars,
    portfolio_rows,
    target_of,
)
from projects.presentation.portfolio.stored import DeletedProject, PortfolioState
from projects.presentation.portfolio.week import Week, describe_week
from scanner.domain.phrases import count


@dataclass(frozen=True, slots=True)
class PortfolioPage:
    """Everything that the portfolio shows for one query. `project_count` is before the filter.

    `tags` are all of them, each with whether it is chosen.
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
        deleted=state.deleted,
    )
