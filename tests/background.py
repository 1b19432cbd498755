"""Servers and workers in the background: forked, where the machine can do it."""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import IO

from tests import prefork
from tests.patience import PATIENCE


class Forked:
    """A process that a prefork server started: what tests use of `subprocess.Popen`, by the same names.

    Without a file for its standard output, that is read from `stdout`.
    """

    def __init__(
        self, arguments: Sequence[str], env: Mapping[str, str], stdout: IO[bytes] | None, stderr: IO[bytes]
    ) -> None:
        self.stdout: IO[str] | None = None
        self.returncode: int | None = None
        if stdout is None:
            read, write = os.pipe()
            self.stdout = os.fdopen(read)
        else:
            write = os.dup(stdout.fileno())
        try:
            self._status = _server().start(arguments, env, (write, stderr.fileno()))
        finally:
            os.close(write)
        self.pid = self._number(PATIENCE)

    def poll(self) -> int | None:
        """Return its exit code, or None while it runs."""
        if self.returncode is None:
            with contextlib.suppress(BlockingIOError):
                self._end(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, and return its exit code."""
        if self.returncode is None:
            self._end(timeout)
        assert self.returncode is not None
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, None]:
        """Wait for its end, and return what it has printed since it was read."""
        self.wait(timeout)
        if self.stdout is None or self.stdout.closed:
            return "", None
        with self.stdout:
            return self.stdout.read(), None

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def _end(self, timeout: float | None) -> None:
        self.returncode = self._number(timeout)
        self._status.close()

    def _number(self, timeout: float | None) -> int:
        self._status.settimeout(timeout)
        sent = self._status.recv(prefork.LENGTH)
        assert sent, "nobody says how it ended"
        return int.from_bytes(sent, "big", signed=True)


Background = Forked | subprocess.Popen[str]


def start(
    arguments: Sequence[str], env: Mapping[str, str], *, stdout: IO[bytes] | None, stderr: IO[bytes]
) -> Background:
    """Start a script, or a module after "-m", with the folder of the project and in a session of its own.

    Without a file for its standard output, that is read from the process's `stdout`.
    """
    started: Background
    if sys.platform == "linux":
        started = Forked(arguments, env, stdout, stderr)
    else:
        started = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=prefork.ROOT,
            env=dict(env),
            stdout=subprocess.PIPE if stdout is None else stdout,
            stderr=stderr,
            text=True,
            start_new_session=True,
        )
    return started


@functools.cache
def _server() -> prefork.Server:
    server = prefork.Server(for_servers=True)
    atexit.register(server.close)
    return server
