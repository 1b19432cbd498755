"""What one job of an assessment may use: time, requests to the indexes, memory of its process."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

from django.conf import settings
from msgspec import Struct

from projects.domain.assessment.stop_reason import StopReason
from scanner.services.shutdown import stop_requested

_STATM = Path("/proc/self/statm")


class Budget(Struct, frozen=True):
    """The limits of one job. None: no limit. `requests` counts pages and metadata, `megabytes` are of the process."""

    seconds: float
    requests: int | None = None
    megabytes: int | None = None

    @classmethod
    def from_settings(cls, seconds: float) -> Budget:
        """Return the budget of a job that may take so long, with the other limits of the settings."""
        return cls(seconds, settings.WHEELWAY_ASSESSMENT_REQUESTS, settings.WHEELWAY_ASSESSMENT_MEMORY_MB)


class Meter:
    """Measures a job that begins now against its budget."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._end = time.monotonic() + budget.seconds

    @property
    def seconds_left(self) -> float:
        """How long the job may still take; nothing when the process was asked to stop."""
        return 0.0 if stop_requested() else max(0.0, self._end - time.monotonic())

    def stop_reason(self, requests: int) -> StopReason | None:
        """Return which limit is reached after so many requests."""
        budget = self._budget
        if not self.seconds_left:
            return StopReason.TIME
        if budget.requests is not None and requests >= budget.requests:
            return StopReason.REQUESTS
        if budget.megabytes is not None and resident_megabytes() >= budget.megabytes:
            return StopReason.MEMORY
        return None


def resident_megabytes() -> float:
    """Return the memory of this process that is in use; where the system does not say, the most that ever was."""
    try:
        return int(_STATM.read_text().split()[1]) * resource.getpagesize() / 2**20
    except (OSError, ValueError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
