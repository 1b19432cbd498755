"""`manage.py` in a process of its own, as a user runs it."""

import atexit
import contextlib
import fcntl
import functools
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

from tests import prefork
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[1]
DATABASE = "wheelway.sqlite3"
# An address at which no index answers.
NO_INDEX = "http://127.0.0.1:9/simple"


def environment(data: Path, index_url: str = NO_INDEX) -> dict[str, str]:
    """Return the environment of someone who sets only a data directory and an index: SQLite and no Redis."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "HOST", "PORT")
    }
    return kept | {"WHEELWAY_DATA": str(data), "WHEELWAY_INDEX_URL": index_url}


def manage(
    *arguments: str, environment: dict[str, str], cwd: Path = ROOT, check: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end and return it with what it printed."""
    arguments = (str(ROOT / "manage.py"), *arguments)
    if sys.platform == "linux":
        done = _prefork_server().run(arguments, environment, cwd, PATIENCE)
    else:
        command = [sys.executable, *arguments]
        done = subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    if check:
        done.check_returncode()
    return done


@functools.cache
def _prefork_server() -> prefork.Server:
    server = prefork.Server()
    atexit.register(server.close)
    return server


def manage_here(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command as `manage` does, in this process: for what ends before it needs a database or an index.

    A process of its own takes half a second to start.
    """
    printed, errors, status = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(errors):
        try:
            execute_from_command_line([str(ROOT / "manage.py"), *arguments])
        except SystemExit as ended:
            status = int(ended.code or 0)
    return subprocess.CompletedProcess(arguments, status, printed.getvalue(), errors.getvalue())


def migrated(data: Path) -> Path:
    """Give a data directory an empty database of today's schema, unless it has one, and return the directory.

    The migrations run once, not once in each command.
    """
    data.mkdir(parents=True, exist_ok=True)
    if not (data / DATABASE).exists():
        shutil.copy(_empty_database(), data / DATABASE)
    return data


@functools.cache
def _empty_database() -> Path:
    """Make the database in a folder that the processes of the tests share: the first one migrates, others wait."""
    folder = Path(os.environ["WHEELWAY_TESTS_SHARED"])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / DATABASE).exists():
            made = folder / "made"
            manage("migrate", "--verbosity=0", environment=environment(made), check=True)
            (made / DATABASE).rename(folder / DATABASE)
    return folder / DATABASE
