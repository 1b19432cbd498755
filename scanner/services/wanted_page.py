"""A page that a fetcher wants: its package on one index, polled by this process or by another worker."""

from __future__ import annotations

import threading
import time

from django.utils import timezone
from msgspec import Struct

from scanner.index.client import IndexClient
from scanner.models import Package
from scanner.services.index_sets import IndexSource
from scanner.services.polling.poll import poll_package
from scanner.services.polling.results import PollResult
from scanner.services.shutdown import stop_requested

__all__ = ["WantedPage"]

# How long a page is waited for that another worker polls now, and how often it is looked for, in seconds.
_PATIENCE, _LOOK_AGAIN = 60.0, 0.1


class WantedPage(Struct, frozen=True):
    """The page of a package on one index."""

    index: IndexSource
    client: IndexClient
    package_id: int
    name: str

    def poll(self, closed: threading.Event) -> PollResult:
        """Poll the page, or wait until the worker that polls it now has stored its answer, or until `closed` is set."""
        begin = timezone.now()
        end = time.monotonic() + _PATIENCE
        while not stop_requested():
            result = poll_package(self.package_id, self.client, timezone.now())
            if result is not PollResult.NOT_DUE or time.monotonic() > end or closed.wait(_LOOK_AGAIN):
                return result
            if Package.objects.filter(pk=self.package_id, checked_at__gte=begin).exists():
                return PollResult.UNCHANGED
        return PollResult.NOT_DUE
