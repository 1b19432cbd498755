"""Make messages of what changed between the assessments of projects."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery

from projects.domain.assessment.target_result import TargetResult
from projects.domain.endpoints.events import EndpointEvent, events_between
from projects.models import (
    AnnouncedAssessment,
    Assessment,
    Origin,
    Project,
    Subscription,
    WebhookEndpoint,
    WebhookMessage,
)
from projects.services.alerts.project_changes import note_changes

# The messages of an endpoint that are kept.
_KEPT = 200


def announce_changes(now: datetime) -> int:
    """Make the messages and the followers' notes of what changed in projects that have any. Return how many messages.

    Each project is compared with the assessment that was announced last, under a lock: repeating and running
    concurrently do no harm. A project whose first endpoint or follower is new has announced nothing yet: its messages
    begin with the next change.
    """
    served = Project.objects.filter(
        Q(endpoints__disabled_at=None, endpoints__isnull=False)
        | Q(team__endpoints__disabled_at=None, team__endpoints__isnull=False)
        | Q(pk__in=Subscription.objects.active().follows().values("project")),
        deleted_at=None,
    )
    AnnouncedAssessment.objects.exclude(project__in=served).delete()
    newest = Assessment.objects.filter(project=OuterRef("pk")).complete().order_by("-pk").values("pk")[:1]
    waiting = (
        served.annotate(newest=Subquery(newest)).filter(newest__isnull=False).exclude(announced__assessment=F("newest"))
    )
    found = waiting.distinct().values_list("pk", "newest")
    return sum(_announce(pk, newest, now) for pk, newest in found if newest is not None)


def announce(project: Project, events: Iterable[EndpointEvent], now: datetime) -> int:
    """Make a message of each event for each endpoint that chose it. Return how many."""
    found = list(events)
    if not found:
        return 0
    endpoints = WebhookEndpoint.objects.filter(Q(project=project) | Q(team=project.team_id), disabled_at=None)
    made = [
        WebhookMessage(endpoint=endpoint, event=event.to_json(), created_at=now, next_attempt_at=now)
        for endpoint in endpoints.order_by("pk")
        for event in found
        if event.kind.value in endpoint.events
    ]
    WebhookMessage.objects.bulk_create(made)
    for pk in {message.endpoint_id for message in made}:
        _forget_old(pk)
    return len(made)


def _announce(project_id: int, newest_id: int, now: datetime) -> int:
    with transaction.atomic():
        cursor, _ = AnnouncedAssessment.objects.get_or_create(project_id=project_id)
        cursor = AnnouncedAssessment.objects.select_for_update().get(pk=cursor.pk)
        newest = Assessment.objects.select_related("snapshot", "project").get(pk=newest_id)
        if cursor.assessment_id is not None and cursor.assessment_id >= newest_id:
            return 0
        before = cursor.assessment
        cursor.assessment = newest
        cursor.save(update_fields=["assessment"])
        if before is None:
            return 0
        is_push = newest.snapshot_id != before.snapshot_id and newest.snapshot.origin == Origin.PUSH
        pushed = newest.snapshot.commit if is_push else None
        then, after = _results(before), _results(newest)
        note_changes(newest.project, then, after, pushed, now)
        return announce(newest.project, events_between(newest.project.slug, then, after, pushed), now)


def _results(assessment: Assessment) -> list[TargetResult]:
    return [row.to_result() for row in assessment.targets.all()]


def _forget_old(endpoint_id: int) -> None:
    kept = WebhookMessage.objects.filter(endpoint=endpoint_id).order_by("-pk")
    last = kept.values_list("pk", flat=True)[_KEPT : _KEPT + 1].first()
    if last is not None:
        WebhookMessage.objects.filter(endpoint=endpoint_id, pk__lte=last).delete()
