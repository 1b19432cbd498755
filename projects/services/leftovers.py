"""What workers that are gone have left in their hands."""

from __future__ import annotations

from projects.models import Snapshot
from projects.models.repository import Delivery


def give_work_back() -> None:
    """Give back every snapshot and delivery that somebody was at, for a start at which nobody can be."""
    Snapshot.objects.filter(assessing_until__isnull=False).update(assessing_until=None)
    Delivery.objects.filter(claimed_at__isnull=False).update(claimed_at=None)
