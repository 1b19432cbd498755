"""Lanes: how many requests of a kind a process works on at a time, so that none of them waits for those of another.

Threads share one interpreter. Without lanes a few clients that send without a pause, or whose requests take long, would
hold all threads, and webhooks and the health check would wait behind them. A request over what may wait in its lane is
answered at once with 503 and Retry-After.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import IO, Any

_Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
# What is larger than this is kept in a file until its turn.
_IN_MEMORY = 1024 * 1024
_CHUNK = 64 * 1024
_GIVES_WAY_SECONDS = 0.5
# What checks or stores a password.
_HASHING = ("/sign-in/", "/invitations/", "/account/confirm/", "/account/password/", "/account/forgotten/")
_WAIT = b"Too many requests at once: please wait.\n"


@dataclass
class Lane:
    """How many requests are worked on at a time, how many wait, and how long, in seconds.

    One that gives way to another lane begins, for a while at least, only while nothing is worked on there.
    """

    at_once: int
    waiting: int
    patience: float
    gives_way_to: Lane | None = None
    _free: threading.Semaphore = field(init=False)
    _places: threading.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        """Make the semaphores."""
        self._lock, self._busy = threading.Lock(), 0
        self._idle = threading.Event()
        self._idle.set()
        self._free = threading.Semaphore(self.at_once)
        self._places = threading.Semaphore(self.at_once + self.waiting)

    def enter(self) -> bool:
        """Wait for a turn. Return False if too many wait, or it took too long."""
        if not self._places.acquire(blocking=False):
            return False
        if self._free.acquire(timeout=self.patience):
            if self.gives_way_to is not None:
                self.gives_way_to.wait_until_idle(_GIVES_WAY_SECONDS)
            self._count(1)
            return True
        self._places.release()
        return False

    def leave(self) -> None:
        """End a turn."""
        self._count(-1)
        self._free.release()
        self._places.release()

    def wait_until_idle(self, seconds: float) -> None:
        """Wait until nothing is worked on, at most so long."""
        self._idle.wait(seconds)

    def _count(self, change: int) -> None:
        with self._lock:
            self._busy += change
            (self._idle.clear if self._busy else self._idle.set)()


class Lanes:
    """The application, with a lane for each kind of request."""

    def __init__(self, application: _Application) -> None:
        self._application = application
        self._health = Lane(2, 6, 5.0)
        # A repository host gives up after ten seconds, and may send many at once.
        self._hooks = Lane(8, 40, 8.0)
        self._hook_uploads = Lane(2, 8, 15.0)
        self._sign_in = Lane(2, 4, 8.0, gives_way_to=self._hooks)
        self._reading = Lane(4, 16, 15.0)
        self._writing = Lane(3, 6, 15.0, gives_way_to=self._hooks)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request in its turn."""
        body = _received(environ)
        if body is not None:
            environ["wsgi.input"] = body
        lane = self._lane_of(environ)
        if not lane.enter():
            if body is not None:
                body.close()
            headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(_WAIT))), ("Retry-After", "5")]
            start_response("503 Service Unavailable", headers)
            return [_WAIT]
        try:
            # Rendered in full by then; a file that is streamed is sent outside the lane.
            return self._application(environ, start_response)
        finally:
            lane.leave()
            if body is not None:
                body.close()

    def _lane_of(self, environ: dict[str, Any]) -> Lane:
        path = environ.get("PATH_INFO", "")
        if path == "/healthz" or path.startswith("/static/"):
            return self._health
        if path.startswith("/hooks/"):
            # Uploads are read at once, which may take seconds.
            return self._hook_uploads if path.endswith(("/upload/", "/proof/")) else self._hooks
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            return self._reading
        return self._sign_in if path.startswith(_HASHING) else self._writing


def _received(environ: dict[str, Any]) -> IO[bytes] | None:
    """Receive the body of a request whose server has not done so, before it takes anyone's turn."""
    given = environ["wsgi.input"]
    if hasattr(given, "seek") or environ["REQUEST_METHOD"] in ("GET", "HEAD"):
        return None
    kept = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  the application reads it later
    while chunk := given.read(_CHUNK):
        kept.write(chunk)
    kept.seek(0)
    return kept
