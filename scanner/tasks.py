"""The scanner's work for Celery: each task takes ids, reads again, and is harmless when run twice."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from scanner.services import rounds, serials, settling, tallies


@shared_task
def poll_due_packages() -> int:
    """Queue a poll for each package that is due, in batches. Returns how many packages."""
    queued = 0
    for batch in rounds.queue_due(timezone.now()):
        poll_packages.delay(batch)
        queued += len(batch)
    return queued


@shared_task
def poll_packages(package_ids: list[int]) -> dict[str, int]:
    """Poll those of a batch that are still due. Returns how many ended in which outcome."""
    return rounds.poll_batch(package_ids, seconds=settings.WHEELWAY_BATCH_SECONDS)


@shared_task
def poll_package(package_id: int) -> str:
    """Poll one package unless that has happened meanwhile. Returns the outcome's name."""
    return rounds.poll_if_due(package_id).value


@shared_task
def follow_serials() -> int:
    """Ask the indexes that tell serials which packages changed, and make those due. Returns how many."""
    return serials.follow_all(timezone.now())


@shared_task
def settle_releases() -> int:
    """Write the event of each release that has become quiet, and of each that lost a target. Returns how many."""
    return settling.settle_releases(timezone.now())


@shared_task
def keep_tallies() -> int:
    """Write what this process counted and forget what no page shows. Returns how many rows were forgotten."""
    tallies.flush()
    forgotten: int = tallies.forget_old(timezone.now())
    return forgotten
