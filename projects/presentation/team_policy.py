"""The policies of all projects of a team on one page: where they agree, which differ, and every waiver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct

from projects.presentation.target_names import describe_targets
from projects.presentation.waivers import WaiverRow
from scanner.domain.translation import gettext, ngettext, noop

# A waiver that ends within so many days is marked.
SOON_DAYS = 14
HEADINGS: Mapping[str, str] = {
    "evidence": noop("Must be known"),
    "builds": noop("Builds from source"),
    "prereleases": noop("Pre-releases"),
    "age": noop("Ignored while younger"),
    "step": noop("Largest step"),
    "targets": noop("Targets"),
}


class ProjectPolicy(Struct, frozen=True):
    """What a project's policy says, as text. `values` has one for each of HEADINGS; `holds` are package names."""

    slug: str
    name: str
    values: Mapping[str, str]
    holds: tuple[str, ...]


class PolicyCell(Struct, frozen=True):
    """One value. `differs`: most projects have another one."""

    text: str
    differs: bool


class PolicyRow(Struct, frozen=True):
    """One project in the table."""

    slug: str
    name: str
    cells: tuple[PolicyCell, ...]
    holds: tuple[str, ...]
    waivers: int


class TeamWaiver(Struct, frozen=True):
    """A waiver in force or expired, with its project."""

    slug: str
    project: str
    waiver: WaiverRow
    note: str


class TeamPolicyPage(Struct, frozen=True):
    """The page. `answer` says whether the projects agree; `waivers` are open ones, those that end first on top."""

    answer: str
    headings: tuple[str, ...]
    rows: tuple[PolicyRow, ...]
    waivers: tuple[TeamWaiver, ...]


def team_policy_page(
    projects: Sequence[ProjectPolicy], waivers: Sequence[tuple[str, WaiverRow]], now: datetime
) -> TeamPolicyPage:
    """Return the page of a team's projects, by name. `waivers` are the open ones with the slugs of their projects."""
    usual = {key: _most_common([one.values[key] for one in projects]) for key in HEADINGS}
    counts = Counter(slug for slug, waiver in waivers if waiver.is_in_force)
    names = {one.slug: one.name for one in projects}
    rows = tuple(
        PolicyRow(
            one.slug,
            one.name,
            tuple(PolicyCell(one.values[key], one.values[key] != usual[key]) for key in HEADINGS),
            one.holds,
            counts[one.slug],
        )
        for one in projects
    )
    ordered = sorted(waivers, key=lambda pair: (pair[1].until, pair[1].name))
    return TeamPolicyPage(
        answer=_answer(rows),
        headings=tuple(map(gettext, HEADINGS.values())),
        rows=rows,
        waivers=tuple(
            TeamWaiver(slug, names[slug], waiver, _note(waiver, now.date()))
            for slug, waiver in ordered
            if slug in names
        ),
    )


def targets_text(slugs: Sequence[str]) -> str:
    """Return the targets of a project as one phrase with their number."""
    return f"{len(slugs)}: {describe_targets(slugs)}" if slugs else gettext("none chosen")


def _most_common(values: Sequence[str]) -> str | None:
    """Return the value that more than half of the projects have; None without one."""
    found = Counter(values).most_common(1)
    return found[0][0] if found and found[0][1] * 2 > len(values) else None


def _answer(rows: Sequence[PolicyRow]) -> str:
    differ = sum(any(cell.differs for cell in row.cells) for row in rows)
    if len(rows) < 2:
        return ""
    if not differ:
        return gettext("All {count} projects have the same policy and targets.").format(count=len(rows))
    text = ngettext(
        "{differ} of {count} projects differs from most in something: what differs is marked.",
        "{differ} of {count} projects differ from most in something: what differs is marked.",
        differ,
    )
    return text.format(differ=differ, count=len(rows))


def _note(waiver: WaiverRow, today: date) -> str:
    if not waiver.is_in_force:
        return gettext("expired")
    return gettext("ends soon") if (waiver.until - today).days < SOON_DAYS else ""
