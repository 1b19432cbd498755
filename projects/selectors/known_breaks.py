"""The known breaks by which the projects of a team are judged, and as its page lists them."""

from __future__ import annotations

from projects.models import Project, TeamBreak
from projects.presentation.known_breaks import BreakRow, break_row
from scanner.domain.evidence.known_breaks import KnownBreak, KnownBreaks
from scanner.domain.evidence.known_breaks_file import parse_entry
from scanner.selectors.known_breaks import known_breaks, originated_breaks

# A page lists so many.
MOST_ROWS = 500


def known_breaks_of(team: int) -> KnownBreaks:
    """Return what holds for the projects of a team: all known breaks and its own, without those that it contests.

    Two queries.
    """
    everywhere = known_breaks()
    rows = list(TeamBreak.objects.filter(team=team, ended_at=None).order_by("pk"))
    if not rows:
        return everywhere
    own = [parse_entry(row.entry) for row in rows if row.entry is not None]
    return everywhere.joined(own).without({row.subject for row in rows if row.entry is None})


def break_rows(project: Project, name: str = "") -> list[BreakRow]:
    """Return the known breaks for a project's team, also contested and ended ones, by package. Two queries.

    With `name`, only those of packages whose name has it. At most MOST_ROWS.
    """
    mine = TeamBreak.objects.filter(team=project.team_id).select_related("made_by", "ended_by").order_by("pk")
    contested = {row.subject: row for row in mine if row.entry is None and row.ended_at is None}
    found = [
        break_row(one.fact, one.origin.value, contested=contested.get(one.fact.key)) for one in originated_breaks()
    ]
    found += [
        break_row(parse_entry(row.entry), "team", own=row, contested=contested.get(row.subject))
        for row in mine
        if row.entry is not None
    ]
    kept = [row for row in found if name in row.package or name in row.partner]
    return sorted(kept, key=lambda row: (row.is_ended, row.package))[:MOST_ROWS]


def find_break(project: Project, key: str) -> KnownBreak | None:
    """Return the known break with this key that holds for a project's team. Two queries."""
    return next((fact for fact in known_breaks_of(project.team_id).facts if fact.key == key), None)
