"""The queue of deliveries: each is stored once, and the newest for a branch takes over the job of those that wait."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from projects import jobs
from projects.models.repository import DELIVERIES_KEPT, UPLOAD_EVENT, Delivery, Repository
from scanner.domain.translation import noop

# Reasons are stored in English; pages translate those that are marked.
SUPERSEDED = noop("a later one for the same branch took its place")
# The same bytes under another id are nothing new for so long.
_REPLAY_AFTER = timedelta(minutes=1)
# One delivery in so many, of all repositories, deletes what is no longer listed of its own.
_PRUNE_EVERY = 20


def queue_fetch(repository: Repository, now: datetime, *, head: str = "") -> Delivery:
    """Queue a fetch of the branch's head, as if it had just been pushed: for a new repository or a lost delivery.

    `head` is the commit that a branch check found; without it the worker reads it.
    """
    event = "branch check" if head else "fetch"
    delivery = Delivery(
        repository=repository,
        delivery_id=f"{event}:{now.isoformat()}",
        event=event,
        received_at=now,
        ref=repository.ref,
        commit=head,
    )
    return store_once(delivery)


def store_once(delivery: Delivery) -> Delivery:
    """Store the delivery unless its id or its signed bytes are known, and queue it if it is pending.

    A redelivery of a failed one is processed again. A pending one takes the place of those that wait for the same
    branch, and their job. Nearly all are new: to store one costs less than to look for it.
    """
    # A single statement needs no transaction, which would cost two more, unless it is a part of one.
    is_single = delivery.state != Delivery.State.PENDING and not connection.in_atomic_block
    try:
        with nullcontext() if is_single else transaction.atomic():
            _supersede(delivery)
            delivery.save(force_insert=True)
            _queue(delivery)
    except IntegrityError:
        known = Q(delivery_id=delivery.delivery_id) | _same_bytes(delivery)
    else:
        if delivery.pk % _PRUNE_EVERY == 0:
            with transaction.atomic():
                _delete_oldest(delivery.repository)
        return delivery
    with transaction.atomic():
        stored = delivery.repository.deliveries.filter(known).earliest("pk")
        if delivery.state == Delivery.State.PENDING and _reopen(stored, delivery):
            _supersede(stored)
            stored.save(update_fields=["queued_as"])
            _queue(stored)
    return stored


def _queue(stored: Delivery) -> None:
    """Queue a pending delivery after the commit, unless it takes over a job that is still to come."""
    if stored.state == Delivery.State.PENDING and stored.queued_as is None:
        transaction.on_commit(lambda: jobs.request_delivery(stored.pk), robust=True)


def _delete_oldest(repository: Repository) -> None:
    """Delete those that are no longer listed, unless they wait or another request writes them."""
    for last in repository.deliveries.newest().values_list("pk", flat=True)[DELIVERIES_KEPT - 1 :]:
        old = repository.deliveries.exclude(state=Delivery.State.PENDING).filter(pk__lt=last)
        Delivery.objects.filter(pk__in=old.select_for_update(skip_locked=True).values("pk")).delete()


def _same_bytes(delivery: Delivery) -> Q:
    return Q(proof=delivery.proof) if delivery.proof else Q(pk__in=())


def _reopen(stored: Delivery, delivery: Delivery) -> bool:
    """Make a known delivery pending again if there is a reason to. Return whether there is.

    One that failed is tried again. The same bytes under another id, after a while, may also be a push back to an older
    commit, for which some hosts send the same body: where the branch is now decides.
    """
    again = Delivery.objects.filter(pk=stored.pk)
    failed = again.filter(state=Delivery.State.FAILED).exclude(commit="", payload=None)
    changes = {"state": Delivery.State.PENDING, "attempts": 0, "claimed_at": None, "payload": delivery.payload}
    count = failed.update(**changes)
    is_later = delivery.received_at - stored.received_at > _REPLAY_AFTER and stored.delivery_id != delivery.delivery_id
    if not count and is_later and delivery.event != UPLOAD_EVENT and delivery.repository.last_commit != stored.commit:
        done = again.exclude(state=Delivery.State.PENDING)
        count = done.update(**changes, received_at=delivery.received_at)
    stored.refresh_from_db()
    return count == 1


def _supersede(newest: Delivery) -> None:
    """Close the deliveries that wait for the branch of a pending one, which takes over a job that is still to come."""
    newest.queued_as = None
    if newest.state != Delivery.State.PENDING:
        return
    waiting = Delivery.objects.waiting(newest.received_at).alike(newest).exclude(pk=newest.pk)
    # In one order, so that two pushes never wait for each other. A row that another closed meanwhile is left out.
    locked = list(waiting.order_by("pk").select_for_update(no_key=True).values_list("pk", "attempts", "queued_as"))
    closed = Delivery.objects.filter(pk__in=[pk for pk, _, _ in locked])
    closed.update(state=Delivery.State.IGNORED, reason=SUPERSEDED, payload=None)
    for pk, attempts, queued_as in locked:
        # One that has been tried waits for a retry, which may be far off.
        if attempts == 0:
            newest.queued_as = queued_as or pk
