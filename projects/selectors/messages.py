"""The state of outgoing mail, for the operator."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from projects.models import Alert, AlertState, Note
from projects.presentation.operator import MessagesHealth

# Longer than sending one message may take: its worker has died, and the message may have been sent (docs/alerts.md).
STUCK_AFTER = timedelta(minutes=15)
_DAY = timedelta(days=1)


def messages_health(now: datetime) -> MessagesHealth:
    """Return the state of outgoing mail. Two queries."""
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
