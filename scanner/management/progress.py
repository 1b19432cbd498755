"""How far a long command has come, on standard error: over one line on a terminal, else a line now and then."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TextIO

# Seconds between two lines where nobody watches.
QUIET_FOR = 5.0


class Progress:
    """Told of each thing that is done. clock: seconds, for tests."""

    def __init__(self, total: int, stream: TextIO, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._total, self._stream, self._clock = total, stream, clock
        self._began = self._last = clock()
        self._done = 0

    def done(self, what: str) -> None:
        """One more is done."""
        self._done += 1
        now = self._clock()
        if self._stream.isatty():
            end = "\n" if self._done == self._total else ""
            self._stream.write(f"\r\x1b[K{said(self._done, self._total, now - self._began)}, {what}{end}")
        elif now - self._last >= QUIET_FOR:
            self._stream.write(f"{said(self._done, self._total, now - self._began)}\n")
        else:
            return
        self._last = now
        self._stream.flush()


def said(done: int, total: int, seconds: float) -> str:
    """ "120 of 5,000, 24 a second, 0:03:23 left"."""
    words = f"{done:,} of {total:,}"
    if seconds <= 0 or done >= total:
        return words
    rate = done / seconds
    left = timedelta(seconds=round((total - done) / rate))
    return f"{words}, {rate:,.{0 if rate >= 10 else 1}f} a second, {left} left"
