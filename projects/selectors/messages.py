"""How messages fare, for the operator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from projects.models import Alert, AlertState, Note

# Longer than handing over one message may take: its worker has died, and the message may have left (docs/alerts.md).
STUCK_AFTER = timedelta(minutes=15)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class MessagesHealth:
    """Figures of one moment; ages are None when nothing waits. sent, failed: of the messages made in the last day.

    stuck: handed to a worker that has not said what became of them. notes: open ones of all projects.
    """

    waiting: int
    oldest: timedelta | None
    stuck: int
    sent: int
    failed: int
    notes: int


def messages_health(now: datetime) -> MessagesHealth:
    """Two queries."""
    late = Q(state=AlertState.SENDING, created_at__lte=now - STUCK_AFTER)
    recent = Q(created_at__gte=now - _DAY)
    found = Alert.objects.filter(Q(state__in=(AlertState.QUEUED, AlertState.SENDING)) | recent).aggregate(
        waiting=Count("pk", filter=Q(state=AlertState.QUEUED)),
        oldest=Min("created_at", filter=Q(state=AlertState.QUEUED)),
        stuck=Count("pk", filter=late),
        sent=Count("pk", filter=recent & Q(state=AlertState.SENT)),
        failed=Count("pk", filter=recent & Q(state=AlertState.FAILED)),
    )
    return MessagesHealth(
        waiting=found["waiting"],
        oldest=now - found["oldest"] if found["oldest"] is not None else None,
        stuck=found["stuck"],
        sent=found["sent"],
        failed=found["failed"],
        notes=Note.objects.open().count(),
    )
