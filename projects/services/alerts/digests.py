"""Digests of upstream notes: one message to each follower of a project for all notes of a period."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from projects.models import Alert, Mention, Subscription


def gather_digests(now: datetime) -> int:
    """Create a digest for each follower whose oldest unsent note is WHEELWAY_DIGEST_AFTER old, with all unsent notes.

    Return how many. Five statements at most, for any number of followers and notes.
    """
    window = settings.WHEELWAY_DIGEST_AFTER
    # A note of the future was written by a clock that was wrong, and does not wait until then.
    has_waited = Q(noted_at__lte=now - window) | Q(noted_at__gt=now + window)
    due = {follow for follow, _ in _unsent(has_waited)}
    if not due:
        return 0
    with transaction.atomic():
        # The lock makes a concurrent dispatcher see the mentions that this one creates.
        follows = Subscription.objects.active().follows().filter(pk__in=due).order_by("pk")
        locked = [follow.pk for follow in follows.select_for_update(of=("self",))]
        pairs = _unsent(Q(pk__in=locked))
        alerts = {pk: Alert(subscription_id=pk) for pk in sorted({follow for follow, _ in pairs})}
        Alert.objects.bulk_create(alerts.values())
        Mention.objects.bulk_create(
            Mention(alert=alerts[follow], subscription_id=follow, note_id=note) for follow, note in pairs
        )
    return len(alerts)


def _unsent(which: Q) -> list[tuple[int, int]]:
    """Return pairs of active follower and open note that was written since they follow and has not been sent to them.

    `which` filters by the follower's columns and by `note` and `noted_at`.
    """
    notes = (
        Subscription.objects.active()
        .follows()
        .filter(
            project__notes__closed_at__isnull=True,
            project__notes__dismissed_at__isnull=True,
            project__notes__created_at__gte=F("created_at"),
        )
        .annotate(note=F("project__notes"), noted_at=F("project__notes__created_at"))
    )
    sent = Mention.objects.filter(subscription=OuterRef("pk"), note=OuterRef("note"))
    return list(notes.filter(which).filter(~Exists(sent)).order_by("pk", "note").values_list("pk", "note"))
