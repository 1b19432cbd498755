"""The parent's side: a few children that are started when needed, used again, and killed at their limits."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, TypeVar, cast

from msgspec import Struct

from projects.sandbox.frames import read_message, write_message

_ROOT = Path(__file__).resolve().parents[2]
_IDLE_SECONDS = 600.0
# Below the pages that are answered at the same time.
_NICE = 10
# The clock's limit, in multiples of that of processor time: a child may have to wait for a processor.
_CLOCK_FACTOR = 3
# How long a call waits for a free child, in seconds.
_PATIENCE = 60.0

R = TypeVar("R")


class CallLimits(Struct, frozen=True):
    """Processor time of a call in seconds, memory of a child in MB, and how many children may run at a time."""

    seconds: float
    memory_mb: int
    processes: int


class CallLimitReached(Exception):
    """A call that reached a limit; `limit` is "time" or "memory"."""

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit


class SandboxBusy(Exception):
    """A call that did not begin, because all children were busy for too long."""


class SandboxBroken(Exception):
    """A child that ended by itself, for a reason that is not a limit."""


class Sandbox:
    """A pool of children with the same limits. Threads may share it; a forked process gets its own."""

    def __init__(self, limits: CallLimits) -> None:
        self.limits = limits
        self._reset()
        os.register_at_fork(after_in_child=self._reset)
        atexit.register(self.close)

    def call(
        self,
        function: Callable[..., R],
        *arguments: object,
        seconds: float | None = None,
        clock: float | None = None,
        wait: float = _PATIENCE,
    ) -> R:
        """Return what `function`, a module's own, returns for the arguments in a child. Raise what it raises.

        `seconds` of processor time may be less than the limit of the sandbox; by the `clock` it takes at most so long,
        whatever else the processor does. Raises CallLimitReached, SandboxBroken, and SandboxBusy if
        no child is free within `wait` seconds.
        """
        allowed = min(self.limits.seconds, seconds or self.limits.seconds)
        if not self._free.acquire(timeout=wait):
            raise SandboxBusy
        try:
            while True:
                child, is_new = self._take()
                try:
                    value = child.call((function, arguments, allowed), clock or allowed * _CLOCK_FACTOR + 1)
                except _ChildEnded as ended:
                    # One that was idle may have ended in the moment before the call.
                    if is_new or ended.code != 0:
                        raise _what_happened(ended) from None
                    continue
                except BaseException:
                    # Such as the time limit of a job: what the child is doing now concerns no one any more.
                    child.kill()
                    raise
                self._idle.append(child)
                break
        finally:
            self._free.release()
        kind, content = value
        if kind == "error":
            assert isinstance(content, BaseException)
            raise content
        if kind == "limit":
            raise CallLimitReached(str(content))
        return cast("R", content)

    def close(self) -> None:
        """End the idle children."""
        while self._idle:
            self._idle.pop().kill()

    def _reset(self) -> None:
        self._free = threading.BoundedSemaphore(self.limits.processes)
        self._idle: list[_Child] = []

    def _take(self) -> tuple[_Child, bool]:
        while True:
            try:
                child = self._idle.pop()
            except IndexError:
                return _Child(self.limits), True
            if child.is_running():
                return child, False
            child.kill()


class _ChildEnded(Exception):
    def __init__(self, code: int, by_clock: bool) -> None:
        super().__init__(code)
        self.code = code
        self.by_clock = by_clock


def _what_happened(ended: _ChildEnded) -> Exception:
    if ended.by_clock or ended.code == -signal.SIGXCPU:
        return CallLimitReached("time")
    if ended.code in (-signal.SIGKILL, -signal.SIGABRT, -signal.SIGSEGV):
        # Killed by the kernel for want of memory, or an allocation failed where the interpreter cannot go on.
        return CallLimitReached("memory")
    return SandboxBroken(f"the child process ended with {ended.code}")


class _Child:
    """One process. It takes one call at a time."""

    def __init__(self, limits: CallLimits) -> None:
        command = [sys.executable, "-P", "-m", "projects.sandbox.child"]
        self._process = subprocess.Popen(  # noqa: S603  our own module
            [*command, str(limits.memory_mb), str(_NICE), str(_IDLE_SECONDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # None of the secrets in this process's environment.
            env={"PYTHONPATH": str(_ROOT), "LC_ALL": "C.UTF-8"},
            start_new_session=True,
        )

    def is_running(self) -> bool:
        return self._process.poll() is None

    def call(self, request: object, seconds: float) -> tuple[str, object]:
        overdue = threading.Event()

        def end() -> None:
            overdue.set()
            self._process.kill()

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            write_message(self._pipe(self._process.stdin), request)
            answer = read_message(self._pipe(self._process.stdout))
        except (BrokenPipeError, EOFError):
            raise _ChildEnded(self._close(), overdue.is_set()) from None
        finally:
            timer.cancel()
        return cast("tuple[str, object]", answer)

    def kill(self) -> None:
        self._process.kill()
        self._close()

    def _close(self) -> int:
        end = time.monotonic() + 10
        while self._process.poll() is None:
            if time.monotonic() > end:
                self._process.kill()
            time.sleep(0.001)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        return self._process.returncode

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None
        return pipe
