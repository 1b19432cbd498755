"""The portfolio: where all projects of a user stand, what changed, and what to do first."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from projects.domain.assessment.verdicts import ProjectVerdict
from projects.presentation.portfolio.burndown import Burndown, burndowns
from projects.presentation.portfolio.headlines import Headline
from projects.presentation.portfolio.obstacles import RankedPackage, blockers, upgrades
from projects.presentation.portfolio.query import STATE_KEYS, PortfolioQuery
from projects.presentation.portfolio.standing import (
    HeadlineBar,
    PortfolioRow,
    headline_bars,
    portfolio_rows,
    sorted_rows,
    state_counts,
    state_word,
    target_of,
)
from projects.presentation.portfolio.stored import DeletedProject, PortfolioState
from projects.presentation.portfolio.week import Week, describe_week
from scanner.domain.phrases import join_words
from scanner.domain.translation import gettext, ngettext


class PortfolioHeading(Struct, frozen=True):
    """A heading that sorts by its column: that of the projects, or of a headline. `order` is as in aria-sort."""

    headline: Headline | None
    query: str
    order: str


class PortfolioPage(Struct, frozen=True):
    """Everything that the portfolio shows for one query. `project_count` is before the filter.

    `teams` (none where there is one only) and `tags` are all, each with whether it is chosen; `states` too, with what
    each is called before and how many of all projects have it on a target shown. `headings` are those of the table.
    `empty_text` says why no project passes. `is_judged`: some project that passes has a verdict on a target shown.
    """

    query: PortfolioQuery
    headlines: tuple[Headline, ...]
    all_headlines: tuple[Headline, ...]
    rows: tuple[PortfolioRow, ...]
    project_count: int
    count_text: str
    order_text: str
    bars: tuple[HeadlineBar, ...]
    blockers: tuple[RankedPackage, ...]
    upgrades: tuple[RankedPackage, ...]
    week: Week
    burndowns: tuple[Burndown, ...]
    first_assessed_at: datetime | None
    teams: tuple[tuple[str, str, bool], ...]
    tags: tuple[tuple[str, bool], ...]
    states: tuple[tuple[str, str, bool, int], ...]
    headings: tuple[PortfolioHeading, ...]
    empty_text: str
    is_judged: bool
    deleted: tuple[DeletedProject, ...]

    @property
    def mark(self) -> str:
        """A digest of all that is shown: an open page asks with it whether anything is new."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


def portfolio_page(state: PortfolioState, query: PortfolioQuery, now: datetime) -> PortfolioPage:
    """Return the page for what is stored. Every number on it counts the projects that pass the filter."""
    headlines = state.headlines
    every = portfolio_rows(state.projects, headlines, now)
    counts = state_counts(every)
    wanted = query.name.casefold()
    projects = [
        one
        for one in state.projects
        if (wanted in one.name.casefold() or wanted in one.slug)
        and (not query.teams or one.team[0] in query.teams)
        and (not query.tags or any(tag in query.tags for tag in one.tags))
    ]
    known_teams = sorted({one.team for one in state.projects}, key=lambda team: (team[1].casefold(), team[0]))
    known_tags = {tag for one in state.projects for tag in one.tags}
    passing = {one.slug for one in projects}
    rows = tuple(row for row in every if row.slug in passing)
    if query.states:
        rows = tuple(row for row in rows if any(cell and cell.verdict in query.states for cell in row.cells))
        shown = {row.slug for row in rows}
        projects = [one for one in projects if one.slug in shown]
    rows = sorted_rows(rows, headlines, query.sort)
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
        count_text=ngettext("{count} of {total} project", "{count} of {total} projects", len(state.projects)).format(
            count=len(rows), total=len(state.projects)
        ),
        order_text=_order_text(headlines, query.sort),
        headings=_headings(headlines, query),
        bars=bars,
        blockers=blockers(projects, headlines),
        upgrades=upgrades(projects, headlines),
        week=describe_week(projects, targets, state.changes, state.notes),
        burndowns=burndowns(projects, bars, state.days, state.past),
        first_assessed_at=state.first_assessed_at,
        teams=tuple((slug, name, slug in query.teams) for slug, name in known_teams) if len(known_teams) > 1 else (),
        tags=tuple((tag, tag in query.tags) for tag in sorted(known_tags, key=str.casefold)),
        states=tuple(
            (key, state_word(verdict), verdict in query.states, counts[verdict]) for verdict, key in STATE_KEYS.items()
        ),
        empty_text=_empty_text(query),
        is_judged=any(
            cell is not None and cell.verdict is not ProjectVerdict.UNKNOWN for row in rows for cell in row.cells
        ),
        deleted=state.deleted,
    )


def _headings(headlines: Sequence[Headline], query: PortfolioQuery) -> tuple[PortfolioHeading, ...]:
    keys: list[tuple[str, Headline | None]] = [("name", None), *((one.key, one) for one in headlines)]
    orders = {True: "descending", False: "ascending"}
    return tuple(
        PortfolioHeading(headline, query.sorted_by(key).encode(), orders[headline is not None] * (key == query.sort))
        for key, headline in keys
    )


def _order_text(headlines: Sequence[Headline], sort: str) -> str:
    if sort == "name":
        return gettext("by name")
    headline = next((one for one in headlines if one.key == sort), None)
    if headline is None:
        return gettext("worst first")
    return gettext("worst on {target} first").format(target=headline.label)


def _empty_text(query: PortfolioQuery) -> str:
    if query.teams:
        return gettext("No project of these teams passes the filter.")
    wishes = [gettext("one of these tags")] if query.tags else []
    if query.states:
        wishes.append(gettext("one of these states on these targets"))
    if not query.name:
        text = gettext("No project has {wishes}.")
    elif wishes:
        text = gettext("No project name contains “{name}” with {wishes}.")
    else:
        text = gettext("No project name contains “{name}”.")
    return text.format(name=query.name, wishes=join_words(wishes))
