"""The scanner's work for Celery: each task takes an id, reads again, and is harmless when run twice."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from scanner.models import Package
from scanner.services import polling

# A claim outlives the queue's delay; when its worker died the package is simply due again.
CLAIM_FOR = timedelta(minutes=10)
BATCH = 200


@shared_task
def poll_due_packages() -> int:
    """Claim the packages that are due and queue a poll for each. Returns how many."""
    now = timezone.now()
    due = list(Package.objects.due(now).values_list("pk", flat=True)[:BATCH])
    claimed = [pk for pk in due if Package.objects.claim(pk, now, CLAIM_FOR)]
    for pk in claimed:
        poll_package.delay(pk)
    return len(claimed)


@shared_task
def poll_package(package_id: int) -> str:
    """Poll one package unless that has happened meanwhile. Returns the outcome's name."""
    return polling.poll_if_due(package_id).value
