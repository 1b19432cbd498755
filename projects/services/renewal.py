"""Renewal of a claim while its work goes on, so that the claim of a killed worker ends within a minute."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import Error, connection
from django.utils import timezone

logger = logging.getLogger(__name__)

# Often enough that a claim does not end while a renewal waits for others to write.
_RENEW_EVERY = 10.0


class _Claim:
    """A claim of this process, which is due for renewal at a time of the monotonic clock."""

    def __init__(self, renew: Callable[[datetime], object]) -> None:
        self._renew = renew
        self._lock = threading.Lock()
        self._ended = False
        self.due_at = time.monotonic() + _RENEW_EVERY

    def renew(self) -> None:
        """Renew the claim unless its work has ended."""
        with self._lock:
            if not self._ended:
                try:
                    self._renew(timezone.now())
                except Error:
                    # The next one may succeed. Without any the work is done twice, which all of it allows.
                    logger.warning("a claim could not be renewed", exc_info=True)
        self.due_at = time.monotonic() + _RENEW_EVERY

    def end(self) -> None:
        """Renew no more. A renewal that has begun is waited for."""
        with self._lock:
            self._ended = True


class _Renewals:
    """The claims of this process, and one thread that renews them. It ends when there has been none for a while.

    Starting a thread for each claim, and waiting for its end, takes as long as a small assessment.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._claims: set[_Claim] = set()
        self._thread: threading.Thread | None = None
        self._wakes_at = 0.0

    def add(self, claim: _Claim) -> None:
        """Renew this claim from now on."""
        with self._changed:
            self._claims.add(claim)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="claim-renewal", daemon=True)
                self._thread.start()
            elif claim.due_at < self._wakes_at:
                self._changed.notify()

    def remove(self, claim: _Claim) -> None:
        """Renew this claim no more."""
        with self._changed:
            self._claims.discard(claim)
        claim.end()

    def _run(self) -> None:
        try:
            while claims := self._due():
                for claim in claims:
                    claim.renew()
                # Others may need a connection meanwhile.
                connection.close()
        finally:
            connection.close()
            with self._changed:
                if self._thread is threading.current_thread():
                    self._thread = None

    def _due(self) -> list[_Claim]:
        """Wait until claims are due, and return them; nothing when there have been none for a while."""
        with self._changed:
            while True:
                now = time.monotonic()
                due = [claim for claim in self._claims if claim.due_at <= now]
                if due:
                    return due
                idle = not self._claims
                self._wakes_at = min((claim.due_at for claim in self._claims), default=now + _RENEW_EVERY)
                self._changed.wait(self._wakes_at - now)
                if idle and not self._claims:
                    self._thread = None
                    return []


_renewals = _Renewals()


def _forget_claims() -> None:
    # They are those of the parent, whose thread is not in the child.
    global _renewals  # noqa: PLW0603  one for the process
    _renewals = _Renewals()


os.register_at_fork(after_in_child=_forget_claims)


@contextmanager
def renewed(renew: Callable[[datetime], object]) -> Iterator[None]:
    """Call `renew` with the time every few seconds until the block ends, in a thread with a connection of its own."""
    claim = _Claim(renew)
    _renewals.add(claim)
    try:
        yield
    finally:
        _renewals.remove(claim)
