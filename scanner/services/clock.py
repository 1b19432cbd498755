"""After a clock that jumped: no package shall wait for a moment that a wrong clock has set."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from scanner.domain.polling import CLOCK_SKEW
from scanner.index.host_limiter import LONGEST_CLOSURE
from scanner.models import Package

logger = logging.getLogger(__name__)

_REASON = "its times were set by a clock that jumped"


def repair_times(now: datetime) -> int:
    """Make due what is put off for longer than any rule does, or was answered in the future. Returns how many.

    Claims, marks in the queue, closed hosts and the like are bounded where they are read.
    """
    longest = max(*settings.WHEELWAY_CADENCE.values(), LONGEST_CLOSURE) + CLOCK_SKEW
    answered = Q(checked_at__gt=now + CLOCK_SKEW)
    wrong = answered | Q(due_at__gt=now + longest) | Q(changed_at__gt=now + CLOCK_SKEW)
    pks = list(Package.objects.filter(wrong).values_list("pk", flat=True))
    if not pks:
        return 0
    mended = Package.objects.filter(pk__in=pks)
    mended.filter(due_at__isnull=False).update(due_at=now, due_reason=_REASON)
    mended.filter(answered).update(checked_at=now)
    # What rests on it is answered anew, once.
    mended.filter(changed_at__gt=now).update(changed_at=now)
    logger.warning("a clock has jumped: the times of %s packages are mended", len(pks))
    return len(pks)
