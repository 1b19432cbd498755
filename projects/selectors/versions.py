"""The version of a project's page, read by one query, so that an unchanged page is not rendered again.

Whatever the page reads must be part of it: tests/projects/views/test_conditional.py names the tables that it may read.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.dateparse import parse_datetime
from msgspec import Struct

from projects.models import Note
from projects.presentation.freshness import format_age, is_stale
from projects.presentation.waivers import WaiverCounts

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# By hand: making this statement out of querysets takes three times as long as running it, and it is all that a page
# that did not change costs beside signing in. An assessment that is written in place gets a new `confirmed_at`; targets
# are only ever replaced all together; an open note is written once, and dismissed.
FACTS = """
SELECT (SELECT min(package.checked_at) FROM projects_projectpackage AS used
        JOIN scanner_package AS package ON package.id = used.package_id WHERE used.project_id = project.id),
       snapshot.created_at, assessment.changed_since,
       project.name, member.role, CAST(project.tags AS TEXT), snapshot.id, assessment.id, assessment.confirmed_at,
       (SELECT max(id) FROM projects_projecttarget WHERE project_id = project.id),
       (SELECT count(*) FROM projects_projectindex WHERE project_id = project.id),
       (SELECT max(id) FROM projects_projectindex WHERE project_id = project.id),
       (SELECT max(waiver.id) FROM projects_packagewaiver AS waiver WHERE waiver.project_id = project.id),
       EXISTS (SELECT 1 FROM projects_subscription
               WHERE project_id = project.id AND user_id = member.user_id
                 AND package_id IS NULL AND target = '' AND stopped_at IS NULL),
       (SELECT count(*) FROM projects_packagewaiver AS waiver
        WHERE waiver.project_id = project.id AND waiver.ended_at IS NULL),
       (SELECT count(*) FROM projects_packagewaiver AS waiver
        WHERE waiver.project_id = project.id AND waiver.ended_at IS NULL AND waiver.until >= %s),
       (SELECT max(audit.made_at) FROM projects_sourceaudit AS audit WHERE audit.project_id = project.id),
       (SELECT max(proof.received_at) FROM projects_storedproof AS proof WHERE proof.project_id = project.id),
       EXISTS (SELECT 1 FROM projects_note WHERE project_id = project.id AND closed_at IS NULL),
       project.id
FROM projects_project AS project
JOIN projects_membership AS member ON member.team_id = project.team_id AND member.user_id = %s
LEFT JOIN projects_snapshot AS snapshot
  ON snapshot.id = (SELECT max(id) FROM projects_snapshot WHERE project_id = project.id)
LEFT JOIN projects_assessment AS assessment
  ON assessment.id = (SELECT max(id) FROM projects_assessment WHERE snapshot_id = snapshot.id)
WHERE project.slug = %s AND project.deleted_at IS NULL
"""


class PageFacts(Struct, frozen=True):
    """What one query says of a project's page, which then need not look for what the project does not have.

    `version` is equal while the page shows the same.
    """

    version: tuple[object, ...]
    waivers: WaiverCounts
    is_followed: bool
    has_proofs: bool
    has_audit: bool
    has_notes: bool


def page_facts(user: User, slug: str, now: datetime) -> PageFacts | None:
    """Return the facts of the page of the user's project; None without such a project.

    One query, and one more when there are notes. Ages count as their text, those of notes and proofs, which may be
    many, by the minute.
    """
    with _preparing_cursor() as cursor:
        cursor.execute(FACTS, [now.date(), user.pk, slug])
        facts = cursor.fetchone()
    if facts is None:
        return None
    *_, is_followed, open_waivers, in_force, audited_at, proved_at, has_notes, project_id = facts
    oldest, *moments = (_moment(fact) for fact in facts[:3])
    ages = [format_age(moment, now) if moment else "" for moment in (oldest, *moments)]
    # The page shows the age of each proof: that of the last one is not enough.
    notes: list[object] = [f"{now:%Y%m%d%H%M}"] if proved_at else []
    if has_notes:
        notes_shown = Note.objects.filter(project=project_id, closed_at__isnull=True).order_by("pk")
        notes = [f"{now:%Y%m%d%H%M}", *notes_shown.values_list("pk", "dismissed_at", "dismissed_by__username")]
    return PageFacts(
        version=(*facts, *ages, is_stale(oldest, now), *notes),
        waivers=WaiverCounts(in_force, open_waivers - in_force),
        is_followed=bool(is_followed),
        has_proofs=proved_at is not None,
        has_audit=audited_at is not None,
        has_notes=bool(has_notes),
    )


def _preparing_cursor() -> Any:
    """Return a cursor with which PostgreSQL parses and plans a statement once for each connection.

    Django's own cursor puts the parameters into the statement, so that each one is new to the server.
    """
    if connection.vendor != "postgresql":
        return connection.cursor()
    # Not at the top: where the database is SQLite it would take a tenth of the start.
    from psycopg import Cursor

    connection.close_if_health_check_failed()
    connection.ensure_connection()
    cursor: Any = Cursor(connection.connection)
    return connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)


def _moment(value: Any) -> datetime | None:
    """Return a time as the database gives it: SQLite keeps UTC as text or without its zone."""
    read = parse_datetime(value) if isinstance(value, str) else value
    if not isinstance(read, datetime):
        return None
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)
