"""Renewal of a claim while its work goes on, so that the claim of a killed worker ends within a minute."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import DatabaseError, connection
from django.utils import timezone

logger = logging.getLogger(__name__)

# Often enough that a claim does not end while a renewal waits for others to write.
_RENEW_EVERY = 10.0


@contextmanager
def renewed(renew: Callable[[datetime], object]) -> Iterator[None]:
    """Call `renew` with the time every few seconds until the block ends, in a thread with a connection of its own."""
    ended = threading.Event()

    def run() -> None:
        try:
            while not ended.wait(_RENEW_EVERY):
                try:
                    renew(timezone.now())
                except DatabaseError:
                    # The next one may succeed. Without any the work is done twice, which all of it allows.
                    logger.warning("a claim could not be renewed", exc_info=True)
        finally:
            connection.close()

    thread = threading.Thread(target=run, name="claim-renewal", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
