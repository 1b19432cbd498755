"""A page that a fetcher wants: its package on one index, polled by this process or by another worker."""

from __future__ import annotations

import threading
import time
from datetime import datetime

from django.utils import timezone
from msgspec import Struct

from scanner.index.client import IndexClient
from scanner.models import Package
from scanner.services.index_sets import IndexSource
from scanner.services.polling.claims import claim_expiry
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

    def poll(self, closed: threading.Event, claims: dict[int, datetime]) -> PollResult:
        """Poll the page, or wait until the worker that polls it now has stored its answer, or until `closed` is set.

        While it is polled, `claims` has the expiry of the claim on its package.
        """
        begin = timezone.now()
        end = time.monotonic() + _PATIENCE
        while not stop_requested():
            result = self._poll_once(claims)
            if result is not PollResult.NOT_DUE or time.monotonic() > end or closed.wait(_LOOK_AGAIN):
                return result
            stored = Package.objects.filter(pk=self.package_id).only("checked_at").first()
            if stored is None:
                # It was deleted with its index, so that no worker will store an answer.
                return result
            if stored.checked_at is not None and stored.checked_at >= begin:
                return PollResult.UNCHANGED
        return PollResult.NOT_DUE

    def _poll_once(self, claims: dict[int, datetime]) -> PollResult:
        now = timezone.now()
        claims[self.package_id] = claim_expiry(now)
        try:
            return poll_package(self.package_id, self.client, now)
        finally:
            del claims[self.package_id]
