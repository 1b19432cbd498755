"""Forks of a process whose children go on with what it has read: whether they are safe, and how they end."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

__all__ = ["ENDING_SIGNALS", "can_fork", "ended_in_order", "has_ended", "kill", "signals_held"]

# What a user or a supervisor ends a process with.
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM)


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


@contextmanager
def signals_held() -> Iterator[None]:
    """Hold the signals that end a process back until the block ends.

    A child forked in the block handles them in its own way first: as its parent does, it would run the parent's end.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Let SIGTERM end this process as an exception does, so that it releases what it holds."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return
    # The status that a shell shows of a process that the signal ended.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def has_ended(pid: int) -> bool:
    """Return whether this child has ended."""
    try:
        return os.waitpid(pid, os.WNOHANG) != (0, 0)
    except ChildProcessError:
        # SIGCHLD is ignored, which a process inherits: the kernel then keeps no exit status of its children.
        return True


def kill(pid: int) -> None:
    """End this child at once, if it has not ended."""
    try:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    except (ChildProcessError, ProcessLookupError):
        # It has ended, and SIGCHLD is ignored.
        return
