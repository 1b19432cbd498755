"""Digests: what changed upstream of a project, told to each who follows it, one message for all of a while."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from projects.models import Alert, Mention, Subscription


def gather_digests(now: datetime) -> int:
    """Make one alert for each follower whose oldest untold note has waited long enough, with all of theirs.

    Returns how many. Five statements at most, however many followers and notes.
    """
    window = settings.WHEELWAY_DIGEST_AFTER
    # One written in the future, by a clock that jumped, need not wait until then.
    has_waited = Q(noted_at__lte=now - window) | Q(noted_at__gt=now + window)
    due = {follow for follow, _ in _untold(has_waited)}
    if not due:
        return 0
    with transaction.atomic():
        # The lock makes a second dispatcher see the mentions that this one makes.
        follows = Subscription.objects.active().follows().filter(pk__in=due).order_by("pk")
        locked = [follow.pk for follow in follows.select_for_update(of=("self",))]
        pairs = _untold(Q(pk__in=locked))
        alerts = {pk: Alert(subscription_id=pk) for pk in sorted({follow for follow, _ in pairs})}
        Alert.objects.bulk_create(alerts.values())
        Mention.objects.bulk_create(
            Mention(alert=alerts[follow], subscription_id=follow, note_id=note) for follow, note in pairs
        )
    return len(alerts)


def _untold(which: Q) -> list[tuple[int, int]]:
    """Active followers with the open notes that came after they began to follow and that they have not heard of.

    `which` narrows them down by the follower's columns and by `note` and `noted_at`.
    """
    news = (
        Subscription.objects.active()
        .follows()
        .filter(
            project__notes__closed_at__isnull=True,
            project__notes__dismissed_at__isnull=True,
            project__notes__created_at__gte=F("created_at"),
        )
        .annotate(note=F("project__notes"), noted_at=F("project__notes__created_at"))
    )
    told = Mention.objects.filter(subscription=OuterRef("pk"), note=OuterRef("note"))
    return list(news.filter(which).filter(~Exists(told)).order_by("pk", "note").values_list("pk", "note"))
