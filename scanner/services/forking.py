"""Whether a process may fork a child that goes on with what the process has read."""

from __future__ import annotations

import os
import sys
import threading

from django.db import connection

__all__ = ["can_fork"]


def can_fork() -> bool:
    """Return whether a child would be safe and of use.

    A lock that another thread holds would stay locked in the child; a connection must not be used in both processes,
    and one within a transaction, or to a database in memory, cannot be closed.
    """
    return (
        sys.platform == "linux"
        and len(os.sched_getaffinity(0)) > 1
        and threading.active_count() == 1
        and not connection.in_atomic_block
        and not getattr(connection, "is_in_memory_db", bool)()
    )
