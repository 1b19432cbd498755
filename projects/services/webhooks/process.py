"""Processing of accepted deliveries: once each, with retries while the repository host does not answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from projects import jobs
from projects.domain.dependency_files import uploads
from projects.domain.failures import ATTEMPTS_USED
from projects.domain.webhooks.clone_urls import InvalidCloneUrl
from projects.domain.webhooks.payload_fields import InvalidField
from projects.hosts.errors import HostError, HostUnavailable
from projects.models.repository import UPLOAD_EVENT, Delivery, Repository
from projects.models.sealed import SealBroken
from projects.services.reading import ReadingLimitReached
from projects.services.renewal import renewed
from projects.services.snapshots import NothingToRead
from projects.services.webhooks.receive import CREDENTIALS_UNREADABLE, REASON_MAX
from projects.services.webhooks.take_files import DeliveryOutcome, take_push, take_upload
from scanner.domain.translation import noop

# Seconds to wait before each retry. After the last one the delivery has failed.
BACKOFF = (10, 30, 90, 270, 600)
ATTEMPTS = len(BACKOFF) + 1
# The task of a pending delivery older than this is lost: no wait of BACKOFF is as long.
LOST_AFTER = timedelta(minutes=15)
# That of one which no worker has begun is lost sooner: the queue is hardly ever as long, and twice in it does no harm.
_UNTRIED_LOST_AFTER = timedelta(minutes=5)


def process(delivery_id: int, now: datetime) -> int | None:
    """Process a delivery once. Return None when it is done, else the number of seconds after which to retry.

    May be called twice or concurrently: only one caller claims the row. The job of a delivery that a later one took
    the place of is the job of the later one, also when the former is no longer kept.
    """
    claimed = _claim(delivery_id, now)
    if claimed is None:
        return None
    with renewed(lambda moment: Delivery.objects.renew_claim(claimed, moment)):
        return _process(claimed, now)


def _claim(delivery_id: int, now: datetime) -> int | None:
    """Claim the delivery, or the one that took over its job. Return its id, None when there is nothing to do."""
    wanted: int | None = delivery_id
    # A later one may take it over at any moment before the claim.
    while wanted is not None and not Delivery.objects.claim(wanted, now):
        heirs = Delivery.objects.waiting(now).filter(queued_as=delivery_id)
        wanted = heirs.values_list("pk", flat=True).first()
    return wanted


def _process(delivery_id: int, now: datetime) -> int | None:
    delivery = Delivery.objects.select_related("repository__project").get(pk=delivery_id)
    try:
        if delivery.repository.project.deleted_at is not None:
            # Should the deletion be undone, the next branch check finds what was pushed.
            _finish(delivery, DeliveryOutcome(False, noop("the project was deleted")))
        elif delivery.attempts > ATTEMPTS:
            _fail(delivery, ATTEMPTS_USED.format(attempts=ATTEMPTS), now)
        else:
            take = take_upload if delivery.event == UPLOAD_EVENT else take_push
            _finish(delivery, take(delivery, now))
    except HostUnavailable as problem:
        if delivery.attempts < ATTEMPTS:
            _postpone(delivery, str(problem), now)
            return BACKOFF[delivery.attempts - 1]
        _fail(delivery, str(problem), now)
    except (
        HostError,
        NothingToRead,
        InvalidCloneUrl,
        InvalidField,
        uploads.InvalidUpload,
        ReadingLimitReached,
    ) as problem:
        _fail(delivery, str(problem), now)
    except SealBroken:
        _fail(delivery, CREDENTIALS_UNREADABLE, now)
    return None


def lost(now: datetime) -> list[int]:
    """Return the ids of pending deliveries whose task was lost, or its worker, oldest first."""
    # A claim that has run out was that of a worker that was killed, or of a job that broke off.
    worker_is_lost = Q(claimed_at__isnull=False)
    old = Q(received_at__lt=now - LOST_AFTER) | Q(received_at__lt=now - _UNTRIED_LOST_AFTER, attempts=0)
    # One received in the future was stored by a clock that was wrong.
    is_lost = worker_is_lost | old | Q(received_at__gt=now + LOST_AFTER)
    return list(Delivery.objects.waiting(now).filter(is_lost).order_by("pk").values_list("pk", flat=True))


def give_back() -> int:
    """Release the claims of all delivery workers and queue all pending deliveries. Return how many.

    Only for a start at which no worker can be running and the queue of the last run is lost.
    """
    Delivery.objects.filter(claimed_at__isnull=False).update(claimed_at=None)
    waiting = list(Delivery.objects.filter(state=Delivery.State.PENDING).order_by("pk").values_list("pk", flat=True))
    for delivery_id in waiting:
        jobs.request_delivery(delivery_id)
    return len(waiting)


def _finish(delivery: Delivery, outcome: DeliveryOutcome) -> None:
    state = Delivery.State.PROCESSED if outcome.taken else Delivery.State.IGNORED
    _close(delivery, state, outcome.reason, commit=outcome.commit or delivery.commit)


def _fail(delivery: Delivery, reason: str, now: datetime) -> None:
    _close(delivery, Delivery.State.FAILED, reason, commit=delivery.commit)
    _store_error(delivery.repository, reason, now)


def _close(delivery: Delivery, state: str, reason: str, commit: str) -> None:
    # The files of an upload are not needed any more.
    Delivery.objects.filter(pk=delivery.pk).update(
        state=state, reason=reason[:REASON_MAX], commit=commit, payload=None, claimed_at=None
    )


def _postpone(delivery: Delivery, reason: str, now: datetime) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(claimed_at=None, reason=reason[:REASON_MAX])
    _store_error(delivery.repository, reason, now)


def _store_error(repository: Repository, error: str, now: datetime) -> None:
    Repository.objects.filter(pk=repository.pk).update(last_error=error[:REASON_MAX], checked_at=now)
