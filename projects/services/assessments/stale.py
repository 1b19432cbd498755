"""Which snapshots must be assessed again, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate

from projects.models import Assessment, AssessmentState, Snapshot
from projects.services.assessments.decided import facts_mark
from projects.services.assessments.run import CLAIM_FOR
from projects.services.indexes import own_index_ids


def stale_snapshots(now: datetime) -> list[int]:
    """Return the newest snapshots that must be assessed again.

    Their assessment is partial, a package in it or one that was read for it has changed since, the project's indexes
    have, a waiver has expired, or the known breaks are others: those of the files, or what the team says of them.
    Projects that ask the same follow one another: one answer serves them all.
    """
    kept = Snapshot.objects.filter(project=OuterRef("project"), project__deleted_at=None)
    newest_snapshot = kept.order_by("-pk").values("pk")[:1]
    newest_assessment = Assessment.objects.filter(project=OuterRef("project")).order_by("-pk").values("pk")[:1]
    newest = Assessment.objects.filter(pk=Subquery(newest_assessment), project__deleted_at=None)
    # Confirmed in the future, by a clock that jumped: every later change would look older.
    incomplete = newest.filter(~Q(state=AssessmentState.COMPLETE) | Q(confirmed_at__gt=now + CLAIM_FOR)).values_list(
        "snapshot_id", flat=True
    )
    by_use, by_search = (
        newest.filter(**{f"project__{rows}__package__changed_at__gt": F("confirmed_at")}).values_list(
            "snapshot_id", flat=True
        )
        for rows in ("packages", "consulted")
    )
    never = Snapshot.objects.filter(pk=Subquery(newest_snapshot), assessments__isnull=True).values_list("pk", flat=True)
    stale = {*incomplete, *by_use, *by_search, *never, *_on_other_indexes(newest), *_with_ended_waivers(newest, now)}
    stale |= {*_with_other_breaks(newest)}
    questions = dict(newest.values_list("snapshot_id", "question")) if len(stale) > 1 else {}
    return sorted(stale, key=lambda snapshot_id: (questions.get(snapshot_id, ""), snapshot_id))


def _with_ended_waivers(newest: QuerySet[Assessment], now: datetime) -> QuerySet[Assessment, int]:
    """Return the snapshots of these assessments with a waiver that has expired since. One query."""
    expired = newest.filter(
        project__waivers__ended_at=None,
        project__waivers__until__lt=now.date(),
        project__waivers__until__gte=TruncDate("confirmed_at", tzinfo=UTC),
    )
    return expired.values_list("snapshot_id", flat=True)


def _with_other_breaks(newest: QuerySet[Assessment]) -> QuerySet[Assessment, int]:
    """Return the snapshots of these assessments that rest on other recorded facts, or whose team has changed its own.

    One query.
    """
    recorded = ~Q(question="") & ~Q(question__endswith=facts_mark())
    made = Q(project__team__breaks__made_at__gt=F("confirmed_at"))
    ended = Q(project__team__breaks__ended_at__gt=F("confirmed_at"))
    return newest.filter(recorded | made | ended).values_list("snapshot_id", flat=True)


def _on_other_indexes(newest: QuerySet[Assessment]) -> Iterator[int]:
    """Yield the snapshots of these assessments whose project has added or removed an index since. Three queries."""
    named = own_index_ids()
    rows = newest.filter(Q(project__in=named.keys()) | ~Q(index_ids=[]))
    for snapshot_id, project_id, before in rows.values_list("snapshot_id", "project_id", "index_ids"):
        if before != named.get(project_id, []):
            yield snapshot_id
