"""The burn-down: how many projects were ready on each headline target, day by day or week by week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from projects.domain.assessment.verdicts import ProjectVerdict
from projects.presentation.portfolio.headlines import Headline
from projects.presentation.portfolio.standing import BarPart, HeadlineBar, bar_parts, bar_text, target_of
from projects.presentation.portfolio.stored import PastOutcomes, StoredProject
from scanner.domain.translation import gettext

_DAYS = 14
_WEEKS = 26


class BurndownDay(Struct, frozen=True):
    """The projects on one day. `x` is the place of the bar in a plot of 100; `text` says it in words."""

    day: date
    x: float
    parts: tuple[BarPart, ...]
    text: str


class Burndown(Struct, frozen=True):
    """The days of one headline target, oldest first. `width` is that of a bar in a plot of 100."""

    headline: Headline
    width: float
    days: tuple[BurndownDay, ...]

    @property
    def today(self) -> str:
        """The last day in words."""
        return self.days[-1].text


def sample_days(first: datetime | None, now: datetime) -> tuple[date, ...]:
    """Return the days to plot, the last of which is today: each day of a fortnight, or each week of half a year."""
    if first is None:
        return ()
    today, age = now.date(), (now.date() - first.date()).days
    step, most = (1, _DAYS) if age <= _DAYS else (7, _WEEKS)
    number = min(age // step, most)
    return tuple(today - timedelta(days=step * back) for back in range(number, -1, -1))


def burndowns(
    projects: Sequence[StoredProject],
    bars: Iterable[HeadlineBar],
    days: Sequence[date],
    past: Iterable[PastOutcomes],
) -> tuple[Burndown, ...]:
    """Return a burn-down for each bar; none while there is one day only. Projects count from their first assessment."""
    if len(days) < 2:
        return ()
    verdicts = {(one.project, one.day): one.verdicts for one in past}
    return tuple(_burndown(bar.headline, projects, days, verdicts) for bar in bars)


def _burndown(
    headline: Headline,
    projects: Sequence[StoredProject],
    days: Sequence[date],
    verdicts: Mapping[tuple[int, date], Mapping[str, ProjectVerdict]],
) -> Burndown:
    step = 100 / len(days)
    targets = {project.pk: target_of(project, headline) for project in projects}
    found = []
    for position, day in enumerate(days):
        counts: Counter[ProjectVerdict] = Counter()
        for pk, target in targets.items():
            verdict = verdicts.get((pk, day), {}).get(target or "")
            if verdict is not None:
                counts[verdict] += 1
        text = bar_text(counts) if counts else gettext("no assessment")
        found.append(BurndownDay(day, round(position * step, 2), bar_parts(counts), text))
    return Burndown(headline, round(step * 0.8, 2), tuple(found))
