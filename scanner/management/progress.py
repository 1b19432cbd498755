"""The progress of a long command: one line that is rewritten on a terminal, else a line every few seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TextIO

# Seconds between two lines if the output is not a terminal.
QUIET_FOR = 5.0


class Progress:
    """A progress report on a stream. clock: gives seconds, for tests."""

    def __init__(self, total: int, stream: TextIO, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._total, self._stream, self._clock = total, stream, clock
        self._began = self._last = clock()
        self._done = 0

    def done(self, what: str) -> None:
        """Report that one more item is done."""
        self._done += 1
        now = self._clock()
        if self._stream.isatty():
            end = "\n" if self._done == self._total else ""
            self._stream.write(f"\r\x1b[K{progress_text(self._done, self._total, now - self._began)}, {what}{end}")
        elif now - self._last >= QUIET_FOR:
            self._stream.write(f"{progress_text(self._done, self._total, now - self._began)}\n")
        else:
            return
        self._last = now
        self._stream.flush()


def progress_text(done: int, total: int, seconds: float) -> str:
    """Return a text such as "120 of 5,000, 24 a second, 0:03:23 left"."""
    text = f"{done:,} of {total:,}"
    if seconds <= 0 or done >= total:
        return text
    rate = done / seconds
    left = timedelta(seconds=round((total - done) / rate))
    return f"{text}, {rate:,.{0 if rate >= 10 else 1}f} a second, {left} left"
