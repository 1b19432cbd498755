"""Web server, Celery worker and beat in one process: what `manage.py run` starts.

The worker runs the same tasks from the same app as in production, in threads. With the in-memory broker the queue
ends with the process; the schedule finds again in the database whatever was left undone.
"""

import fcntl
import logging
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import waitress
from celery import Celery
from celery.beat import Scheduler, Service
from celery.worker import WorkController
from waitress.server import BaseWSGIServer

from scanner.services.shutdown import clear_stop_request

logger = logging.getLogger(__name__)

WEB_THREADS = 8
JOB_THREADS = 4
# A job that runs longer is left behind: it is found again in the database at the next start.
STOP_SECONDS = 10


class CannotStart(Exception):
    """Something outside the program is in the way; the text says what, and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises CannotStart when the address is taken, forbidden or not of this machine."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise CannotStart(f"HOST={host} is not an address of this machine: {error.strerror or error}.") from error
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        # Two sockets may be bound to one port until one of them listens.
        listener.listen(128)
    except OSError as error:
        listener.close()
        hint = "Something else is using it? Choose another one: PORT=8001 make run."
        raise CannotStart(f"Port {port} on {host} cannot be opened: {error.strerror}. {hint}") from error
    return listener


def lock(data_dir: Path) -> IO[str]:
    """Hold the data directory for this process; the lock ends with the process, however that ends.

    Raises CannotStart when another `run` holds it or the directory cannot be written.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = (data_dir / "run.lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise CannotStart(
            f"{data_dir} cannot be written: {error.strerror}. Set WHEELWAY_DATA to another one."
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        handle.seek(0)
        owner = handle.read().strip() or "unknown"
        handle.close()
        raise CannotStart(
            f"Wheelway already runs on {data_dir} as process {owner}. Stop it, or set WHEELWAY_DATA to another one."
        ) from error
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    return handle


class Jobs:
    """A worker and a beat in threads of this process."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        # Not celery.apps.worker.Worker, which takes over signals, and those belong to the main thread.
        self._worker = WorkController(
            app=app,
            pool="threads",
            concurrency=JOB_THREADS,
            hostname="embedded@localhost",
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
        )
        self._beat = Service(app, scheduler_cls=Scheduler, max_interval=5)
        self._threads = [
            threading.Thread(target=self._worker.start, name="celery-worker", daemon=True),
            threading.Thread(target=self._beat.start, name="celery-beat", daemon=True),
        ]

    def start(self) -> None:
        """Start both, and let every entry of the schedule tick once now, not after its first interval."""
        clear_stop_request()
        for thread in self._threads:
            thread.start()
        for entry in self._app.conf.beat_schedule.values():
            self._app.send_task(entry["task"])

    def stop(self, seconds: float = STOP_SECONDS) -> bool:
        """Take no new job, wait for the running ones; False when some still ran after `seconds`."""
        stopping = threading.Thread(target=self._stop, name="celery-stop", daemon=True)
        stopping.start()
        stopping.join(seconds)
        return not stopping.is_alive()

    def _stop(self) -> None:
        self._beat.stop()
        self._worker.stop()
        for thread in self._threads:
            thread.join()


def web_server(application: Callable[..., Any], listener: socket.socket) -> BaseWSGIServer:
    """Return waitress on `listener`; its `run()` returns after SystemExit or KeyboardInterrupt in the main thread."""
    return waitress.create_server(
        application,
        sockets=[listener],
        threads=WEB_THREADS,
        ident=None,
        # Django says no to a large upload in words from 5 MB on; this is the bound for what it gets to see.
        max_request_body_size=64 * 1024 * 1024,
        clear_untrusted_proxy_headers=True,
    )
