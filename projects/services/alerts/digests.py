"""Digests of upstream notes: one message to each follower of a project for all notes of a period."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from projects.domain.cadence import Cadence, next_digest
from projects.domain.mail_choices import MailChoice
from projects.domain.project_changes import ProjectChangeKind
from projects.models import Alert, MailPreference, Mention, Subscription

_OWN_KINDS = tuple(kind.value for kind in ProjectChangeKind)


def gather_digests(now: datetime) -> int:
    """Create a digest for each follower for whom one is due, with all unsent notes.

    It is due WHEELWAY_DIGEST_AFTER after the oldest unsent note, or at the follower's hour; a change of the project
    itself is due at once for those who chose no hour. What a user chose for a kind of mail goes first. Return how many.
    Five statements at most, for any number of followers and notes.
    """
    window = settings.WHEELWAY_DIGEST_AFTER
    # A note of the future was written by a clock that was wrong, and does not wait until then.
    has_waited = Q(noted_at__lte=now - window) | Q(noted_at__gt=now + window) | ~Q(cadence=Cadence.SOON)
    may_be_due = has_waited | Q(kind__in=_OWN_KINDS) | Q(choice=MailChoice.AT_ONCE)
    waiting = _unsent(may_be_due).values_list("pk", "cadence", "zone", "noted_at", "kind", "choice")
    due = {
        follow
        for follow, cadence, zone, noted_at, kind, choice in waiting
        if noted_at > now + window
        or _is_at_once(kind, cadence, choice)
        or next_digest(Cadence(cadence), zone, noted_at, window) <= now
    }
    if not due:
        return 0
    with transaction.atomic():
        # The lock makes a concurrent dispatcher see the mentions that this one creates.
        follows = Subscription.objects.active().follows().filter(pk__in=due).order_by("pk")
        locked = [follow.pk for follow in follows.select_for_update(of=("self",))]
        pairs = list(_unsent(Q(pk__in=locked)).values_list("pk", "note"))
        alerts = {pk: Alert(subscription_id=pk) for pk in sorted({follow for follow, _ in pairs})}
        Alert.objects.bulk_create(alerts.values())
        Mention.objects.bulk_create(
            Mention(alert=alerts[follow], subscription_id=follow, note_id=note) for follow, note in pairs
        )
    return len(alerts)


def _is_at_once(kind: str, cadence: str, choice: str) -> bool:
    if choice == MailChoice.USUAL:
        return kind in _OWN_KINDS and cadence == Cadence.SOON
    return choice == MailChoice.AT_ONCE


def _unsent(which: Q) -> QuerySet[Any]:
    """Return rows of active follower and open note that was written since they follow and has not been sent to them.

    Kinds that the user turned off are left out. `which` filters by the follower's columns and by `note`, `noted_at`,
    `kind` and `choice`.
    """
    chosen = MailPreference.objects.filter(user=OuterRef("user"), kind=OuterRef("project__notes__kind"))
    choice = [
        Subquery(chosen.filter(**of).values("choice")[:1])
        for of in ({"project": OuterRef("project")}, {"project": None})
    ]
    notes = (
        Subscription.objects.active()
        .follows()
        .filter(
            project__notes__closed_at__isnull=True,
            project__notes__dismissed_at__isnull=True,
            project__notes__created_at__gte=F("created_at"),
        )
        .annotate(note=F("project__notes"), noted_at=F("project__notes__created_at"), kind=F("project__notes__kind"))
        .annotate(choice=Coalesce(*choice, Value(MailChoice.USUAL.value)))
        .exclude(choice=MailChoice.OFF)
    )
    sent = Mention.objects.filter(subscription=OuterRef("pk"), note=OuterRef("note"))
    return notes.filter(which).filter(~Exists(sent)).order_by("pk", "note")
