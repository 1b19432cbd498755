"""The scanner's work for Celery: each task takes ids, reads again, and is harmless when run twice."""

from __future__ import annotations

import logging
from datetime import datetime

from celery import Task, shared_task
from django.conf import settings
from django.utils import timezone

from scanner.services import serials
from scanner.services import settle_releases as quiet_releases
from scanner.services.polling import schedule, stats

logger = logging.getLogger(__name__)


# A batch that lost its database comes again so often and so many times; then its packages are queued anew.
AGAIN_AFTER = 10
TRIES = 30


@shared_task
def poll_due_packages() -> int:
    """Queue a poll for each package that is due, in batches. Returns how many packages."""
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
    """Poll those of a batch that are still due. Returns how many ended in which outcome.

    `held` names the turns of an earlier try that lost its database.
    """
    mark = datetime.fromisoformat(held) if held is not None else None
    try:
        return schedule.poll_batch(package_ids, seconds=settings.WHEELWAY_BATCH_SECONDS, held=mark)
    except schedule.DatabaseAway as away:
        told = " ".join(str(away).split())
        logger.error("the database cannot be used, the batch comes again in %s s: %s", AGAIN_AFTER, told)  # noqa: TRY400  one line
        again = {"held": away.held.isoformat()}
        raise self.retry(args=(package_ids,), kwargs=again, countdown=AGAIN_AFTER, exc=away) from away


@shared_task
def poll_package(package_id: int) -> str:
    """Poll one package unless that has happened meanwhile. Returns the outcome's name."""
    return schedule.poll_if_due(package_id).value


@shared_task
def follow_serials() -> int:
    """Ask the indexes that tell serials which packages changed, and make those due. Returns how many."""
    return serials.follow_all(timezone.now())


@shared_task
def settle_releases() -> int:
    """Write the event of each release that has become quiet, and of each that lost a target. Returns how many."""
    return quiet_releases.settle_releases(timezone.now())


@shared_task
def keep_stats() -> int:
    """Write what this process counted and forget what no page shows. Returns how many rows were forgotten."""
    stats.flush()
    forgotten: int = stats.delete_old(timezone.now())
    return forgotten


@shared_task
def repair_times() -> int:
    """Make due what a clock that jumped has put off. Returns how many packages."""
    return schedule.repair_times(timezone.now())
