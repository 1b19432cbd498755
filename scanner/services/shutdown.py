"""Whether this process was told to stop: jobs then begin nothing new and give back what they hold.

Who is told is a worker's first process, and who works are its children. So the mark is memory that both share: it is
made when this module is first imported, which must be before the children are.
"""

from __future__ import annotations

import mmap

_mark = mmap.mmap(-1, 1)


def request_stop() -> None:
    """Tell the jobs of this process and of those forked from it. Safe inside a signal handler."""
    _mark[0] = 1


def clear_stop_request() -> None:
    """As if nobody had been told: for a process that starts its jobs again."""
    _mark[0] = 0


def stop_requested() -> bool:
    """Whether somebody has asked."""
    return _mark[0] == 1
