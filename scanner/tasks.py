"""The scanner's Celery tasks: each takes ids, reads the current state, and may run twice."""

from __future__ import annotations

import logging
from datetime import datetime

from celery import Task, shared_task
from django.conf import settings
from django.utils import timezone

from scanner.services import missing_links, serials
from scanner.services import settle_releases as quiet_releases
from scanner.services.polling import schedule, stats
from scanner.services.storage import release_columns, release_profiles

logger = logging.getLogger(__name__)


# Seconds between the retries of a batch that lost its database, and their number; then its packages are queued again.
RETRY_AFTER = 10
TRIES = 30


@shared_task
def poll_due_packages() -> int:
    """Queue polls of the packages that are due, in batches. Return how many packages."""
    schedule.requeue_lost_polls()
    queued = 0
    for batch in schedule.queue_due(timezone.now()):
        try:
            poll_packages.delay(batch)
        except Exception:
            schedule.unqueue(batch)
            raise
        queued += len(batch)
    return queued


@shared_task(bind=True, max_retries=TRIES)
def poll_packages(self: Task[..., dict[str, int]], package_ids: list[int], held: str | None = None) -> dict[str, int]:
    """Poll those packages of a batch that are still due. Return how many polls ended in each result.

    held: the expiry of the claims of an earlier try that lost its database.
    """
    mark = datetime.fromisoformat(held) if held is not None else None
    try:
        return schedule.poll_batch(package_ids, seconds=settings.WHEELWAY_BATCH_SECONDS, held=mark)
    except schedule.DatabaseAway as away:
        message = " ".join(str(away).split())
        logger.error("the database cannot be used, the batch is retried in %s s: %s", RETRY_AFTER, message)  # noqa: TRY400  one line
        again = {"held": away.held.isoformat()}
        raise self.retry(args=(package_ids,), kwargs=again, countdown=RETRY_AFTER, exc=away) from away


@shared_task
def poll_package(package_id: int) -> str:
    """Poll one package if it is still due. Return the value of the result."""
    return schedule.poll_if_due(package_id).value


@shared_task
def follow_serials() -> int:
    """Read the serials of the followed indexes and make changed packages due. Return how many."""
    return serials.follow_all(timezone.now())


@shared_task
def settle_releases() -> int:
    """Settle the releases without recent uploads. Return how many."""
    return quiet_releases.settle_releases(timezone.now())


@shared_task
def renew_profiles() -> int:
    """Renew the offers that were stored for another catalogue of targets. Return how many."""
    return release_profiles.renew_profiles()


@shared_task
def pack_releases() -> int:
    """Keep all releases of packages in one row each where an old version did not. Return of how many packages."""
    return release_columns.pack_releases()


@shared_task
def fill_links() -> int:
    """Read the links of packages whose metadata was stored before links were kept. Return how many were asked for."""
    return missing_links.fill_links()


@shared_task
def keep_stats() -> int:
    """Store the poll counts of this process and delete old ones. Return how many rows were deleted."""
    stats.flush()
    deleted: int = stats.delete_old(timezone.now())
    return deleted


@shared_task
def repair_times() -> int:
    """Make packages due whose times were set by a clock that jumped. Return how many."""
    return schedule.repair_times(timezone.now())
