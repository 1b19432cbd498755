"""The progress of a command, on standard error."""

from __future__ import annotations

import sys

from projects.management.indexes import Log
from scanner.domain.phrases import count


class ProgressLine:
    """A progress line: overwritten on a terminal, else a new line for every ten files, or hundred where there are many.

    What is counted are pages of packages and metadata of releases.
    """

    def __init__(self, log: Log) -> None:
        self._log = log

    def __call__(self, name: str, done: int, total: int) -> None:
        """Write how many of all are done, and the name of the last one."""
        if sys.stderr.isatty():
            end = "" if done < total else "\n"
            sys.stderr.write(f"\r\x1b[K{done} of {total}, {name}…{end}")
            sys.stderr.flush()
        elif done == total or done % (10 if total < 200 else 100) == 0:
            self._log(f"{done:,} of {count(total, 'file')} of the index read")
