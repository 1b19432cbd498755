"""The web server, two Celery workers and beat in one process, for `manage.py run`.

One worker runs only what users wait for, so that a long search or many polls never keep a paste waiting. The workers
run the tasks of the same app as in production, in threads. The queue of the in-memory broker is lost with the process;
the schedule finds unfinished work in the database again.
"""

import fcntl
import logging
import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import waitress
from celery import Celery
from celery.beat import Scheduler, Service
from celery.worker import WorkController
from waitress.server import BaseWSGIServer

from compat_site.celery import make_app
from scanner.services.shutdown import clear_stop_request

logger = logging.getLogger(__name__)

WEB_THREADS = 8
# How long a thread keeps the interpreter while others wait for it.
SWITCH_SECONDS = 0.0005
# The queues of each worker, and how many jobs it runs at once.
WORKERS = (("interactive", 4), ("searches,polling,alerts", 4))
# A job that runs longer is abandoned: the next start finds it again in the database.
STOP_SECONDS = 10


class CannotStart(Exception):
    """A start that is not possible. The message says why and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises CannotStart if the address is in use, forbidden or not of this machine."""
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
        hint = "If another program uses it, choose another port: PORT=8001 make run."
        raise CannotStart(f"Port {port} on {host} cannot be opened: {error.strerror}. {hint}") from error
    return listener


def lock(data_dir: Path) -> IO[str]:
    """Lock the data directory for this process. The lock ends with the process.

    Raises CannotStart if another process holds the lock or the directory is not writable.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = (data_dir / "run.lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise CannotStart(
            f"{data_dir} is not writable: {error.strerror}. Set WHEELWAY_DATA to another directory."
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        handle.seek(0)
        owner = handle.read().strip() or "unknown"
        handle.close()
        raise CannotStart(
            f"Wheelway already runs on {data_dir} as process {owner}. Stop it, or set WHEELWAY_DATA to another path."
        ) from error
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    return handle


class EmbeddedJobs:
    """The workers and beat in threads of this process."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        # Not celery.apps.worker.Worker, which installs signal handlers; those belong to the main thread.
        self._workers = [
            WorkController(
                app=make_app(is_current=False),
                pool="threads",
                concurrency=threads,
                queues=queues,
                hostname=f"{queues.partition(',')[0]}@localhost",
                without_heartbeat=True,
                without_mingle=True,
                without_gossip=True,
            )
            for queues, threads in WORKERS
        ]
        self._beat = Service(app, scheduler_cls=Scheduler, max_interval=5)
        self._threads = [
            *(threading.Thread(target=one.start, name="celery-worker", daemon=True) for one in self._workers),
            threading.Thread(target=self._beat.start, name="celery-beat", daemon=True),
        ]

    def start(self) -> None:
        """Start them, and run every entry of the schedule once now."""
        clear_stop_request()
        # By default a page waits 5 ms for each of the jobs that compute, each time that it has read from the database.
        sys.setswitchinterval(SWITCH_SECONDS)
        for thread in self._threads:
            thread.start()
        for entry in self._app.conf.beat_schedule.values():
            self._app.send_task(entry["task"])

    def stop(self, seconds: float = STOP_SECONDS) -> bool:
        """Accept no new job and wait for the running ones. Return False if some still run after `seconds`."""
        stopping = threading.Thread(target=self._stop, name="celery-stop", daemon=True)
        stopping.start()
        stopping.join(seconds)
        return not stopping.is_alive()

    def _stop(self) -> None:
        self._beat.stop()
        for worker in self._workers:
            worker.stop()
        for thread in self._threads:
            thread.join()


def web_server(application: Callable[..., Any], listener: socket.socket) -> BaseWSGIServer:
    """Return waitress on `listener`; its `run()` returns after SystemExit or KeyboardInterrupt in the main thread."""
    return waitress.create_server(
        application,
        sockets=[listener],
        threads=WEB_THREADS,
        ident=None,
        # Django rejects uploads above 5 MB with a message; this limits what it receives.
        max_request_body_size=64 * 1024 * 1024,
        clear_untrusted_proxy_headers=True,
    )
