"""The request to stop a process: jobs then start nothing new and release what they hold.

The signal goes to a worker's main process and the jobs run in its children, so the flag is in shared memory. It is
allocated when this module is first imported, which must happen before the children are forked.
"""

from __future__ import annotations

import mmap

_flag = mmap.mmap(-1, 1)


def request_stop() -> None:
    """Ask the jobs of this process and of its children to stop. Safe inside a signal handler."""
    _flag[0] = 1


def clear_stop_request() -> None:
    """Withdraw the request, for a process that starts its jobs again."""
    _flag[0] = 0


def stop_requested() -> bool:
    """Return whether this process was asked to stop."""
    return _flag[0] == 1
