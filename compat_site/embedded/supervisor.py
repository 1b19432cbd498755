"""The web server's side of the process of the jobs: it starts it, starts it again when it dies, and passes on jobs."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from compat_site.embedded.worker import ABANDONED, STOP_SECONDS

logger = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[2]
# Jobs that wait to be written to the process. What is dropped beyond is a row of the database, which a tick finds.
_QUEUE_MOST = 10_000
# Seconds before a process that died is started again; the wait grows while it dies again and again.
_FIRST_WAIT = 0.2
_LONGEST_WAIT = 30.0
# How much longer than its jobs the process itself may take to end.
_GRACE = 5.0


class JobProcess:
    """One process for all jobs, at any time."""

    def __init__(self, log: Path | None) -> None:
        self._command = [sys.executable, "-P", "-m", "compat_site.embedded.worker"]
        if log is not None:
            self._command += ["--log", str(log)]
        self._waiting: queue.Queue[bytes] = queue.Queue(_QUEUE_MOST)
        self._stopping = threading.Event()
        self._process = self._new()

    def start(self) -> None:
        """Watch over the process, and begin to tell it what to queue."""
        threading.Thread(target=self._watch, name="jobs-watch", daemon=True).start()
        threading.Thread(target=self._write, name="jobs-queue", daemon=True).start()

    def send(self, name: str, arguments: Sequence[object]) -> None:
        """Queue a task. Returns at once."""
        line = json.dumps([name, arguments]).encode() + b"\n"
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(line)

    def stop(self) -> bool:
        """End the process. Return False if a job was still running, which the next start resumes."""
        self._stopping.set()
        process = self._process
        process.terminate()
        try:
            code = process.wait(STOP_SECONDS + _GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return False
        return code != ABANDONED

    def _new(self) -> subprocess.Popen[bytes]:
        # Whatever the folder is in which the command was given, which paths in the environment may be relative to.
        path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
        return subprocess.Popen(  # noqa: S603  our own module
            self._command, env={**os.environ, "PYTHONPATH": path}, stdin=subprocess.PIPE
        )

    def _watch(self) -> None:
        wait = _FIRST_WAIT
        while True:
            code = self._process.wait()
            if self._stopping.wait(wait):
                return
            logger.error("the process of the jobs ended with %d; it is started again", code)
            wait = min(2 * wait, _LONGEST_WAIT)
            self._process = self._new()
            if self._stopping.is_set():
                self._process.terminate()
                return

    def _write(self) -> None:
        while True:
            line = self._waiting.get()
            pipe = self._process.stdin
            assert pipe is not None
            # The next process finds it in the database.
            with contextlib.suppress(OSError, ValueError):
                pipe.write(line)
                pipe.flush()
