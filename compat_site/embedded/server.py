"""The web server of `manage.py run`, and what only one process may have: the address and the data directory."""

import contextlib
import fcntl
import os
import resource
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import waitress
from waitress.server import BaseWSGIServer

from compat_site.embedded import SWITCH_SECONDS

# More than work at a time (compat_site/lanes.py): most wait for their turn, so that none waits for a thread.
WEB_THREADS = 96
# How many connections may be open, and how many seconds an idle one stays open: most are idle.
CONNECTIONS = 2000
IDLE_SECONDS = 20
# Files of the database, of children that read, of static files.
_OTHER_FILES = 500


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
    """Lock the data directory for the server. The lock ends with its process.

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


def web_server(application: Callable[..., Any], listener: socket.socket) -> BaseWSGIServer:
    """Return waitress on `listener`; its `run()` returns after SystemExit or KeyboardInterrupt in the main thread."""
    sys.setswitchinterval(SWITCH_SECONDS)
    _allow_files(CONNECTIONS + _OTHER_FILES)
    return waitress.create_server(
        application,
        sockets=[listener],
        threads=WEB_THREADS,
        # By default a hundred idle connections shut out all others, each for two minutes.
        connection_limit=CONNECTIONS,
        channel_timeout=IDLE_SECONDS,
        cleanup_interval=IDLE_SECONDS // 2,
        # select() knows no file descriptor above 1023.
        asyncore_use_poll=True,
        ident=None,
        # Django rejects uploads above 5 MB with a message; this limits what it receives.
        max_request_body_size=64 * 1024 * 1024,
        clear_untrusted_proxy_headers=True,
    )


def _allow_files(wanted: int) -> None:
    """Let this process open as many files, where the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard) if hard > 0 else wanted, hard))
