"""A whole installation for tests: PostgreSQL, Redis, an index and worker processes, each of which can be lost.

Everything is at its defaults: a package that a lost worker still held would wait for ten minutes.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

import psycopg
import redis
from celery import Celery
from msgspec import Struct, field

from tests.background import start
from tests.commands import ROOT
from tests.patience import PATIENCE
from tests.replay import ReplayIndex
from tests.replay.faults import Answer, Wire
from tests.services import postgresql
from tests.services import redis as redis_service

_TRY_AGAIN = 0.05


class Held(Struct):
    """The right answer, held back until it is released: a job waits in the middle of its work."""

    begun: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    def strike(self, wire: Wire, answer: Answer) -> None:
        self.begun.set()
        self.go.wait(PATIENCE)
        with contextlib.suppress(OSError):
            wire.send_answer(answer)


class RedisServer:
    """A Redis that loses everything when it is killed, and comes back empty at its port."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.client = redis.Redis.from_url(self.url, decode_responses=True)
        self._folder = tempfile.mkdtemp(prefix="wheelway-redis-")
        self.start()

    def start(self) -> None:
        options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", self._folder]
        command = [redis_service.binary(), "--port", str(self.port), *options]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: _answers(self.client), "Redis")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


class Worker:
    """`celery worker` in a process group of its own."""

    def __init__(self, log: Path, environment: dict[str, str], app: str, queues: str, processes: int) -> None:
        self.log = log
        command = ["-m", "celery", "-A", app, "worker", f"--queues={queues}", f"-c{processes}"]
        command += ["-n", f"{log.stem}@localhost", "--without-gossip", "--without-mingle", "--loglevel=INFO"]
        with log.open("ab") as stream:
            self.process = start(command, environment, stdout=stream, stderr=stream)

    @property
    def lines(self) -> list[str]:
        return self.log.read_text().splitlines()

    def says(self, text: str) -> None:
        """Wait until its log has this text."""
        until(lambda: text in self.log.read_text(), f"{text!r} in the log of a worker")

    def tell(self, number: signal.Signals) -> None:
        """As a service manager does: to its first process only."""
        self.process.send_signal(number)

    def left(self) -> int:
        """Wait until it is gone, with all its children; its exit code."""
        code = self.process.wait(PATIENCE)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, 0)
            raise AssertionError("a child has outlived its worker")
        return code

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


# Runs each line of standard input, a JSON text, and prints what it gave. A database may have gone since the last one.
_LOOP = """
import json, sys
from django.db import connection
for line in sys.stdin:
    given = {}
    exec(json.loads(line), given)
    connection.close()
    print(json.dumps(given.get("result")), flush=True)
"""


class Shell:
    """One `manage.py shell` for the whole installation: Django starts once."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "-v0", "-c", _LOOP],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, code: str) -> Any:
        """Run code, and return what it called `result`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(code) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the shell has ended; its error is on standard error"
        return json.loads(line)

    def close(self) -> None:
        self._process.communicate(timeout=PATIENCE)


class Installation:
    """Use as a context manager. Packages are rows of its database; questions about them are SQL."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = postgresql.start_migrated()
        self.redis = RedisServer()
        self.index = ReplayIndex(recorded=False).start()
        self.workers: list[Worker] = []
        gone = ("DATABASE_URL", "POLL_CLAIM_SECONDS", "REDIS_VISIBILITY_TIMEOUT")
        self.environment = {name: value for name, value in os.environ.items() if name not in gone} | {
            "DATABASE_URL": self.database.migrated_url,
            "REDIS_URL": self.redis.url,
            "WHEELWAY_INDEX_URL": self.index.url,
            "WHEELWAY_DATA": str(folder / "data"),
            "POLL_BATCH": "3",
            # Celery would run Django's checks and drop what they find. They load all pages: half of a worker's start.
            "CELERY_SKIP_CHECKS": "1",
        }
        self.shell = Shell(self.environment)

    def close(self) -> None:
        self.shell.close()
        self.index.stop()
        for worker in self.workers:
            worker.kill()
        self.redis.client.close()
        self.redis.kill()
        self.database.remove()

    def worker(self, queues: str, *, processes: int = 1, hurried: bool = False, **settings: str) -> Worker:
        """Start a worker. hurried: interrupt its jobs soon after it is asked to stop. settings: of this worker."""
        app = "tests.compat_site.hurried" if hurried else "compat_site"
        log = self.folder / f"worker-{len(self.workers)}.log"
        self.workers.append(Worker(log, self.environment | settings, app, queues, processes))
        return self.workers[-1]

    def send(self, task: str, *arguments: Any, queue: str = "polling") -> None:
        """Queue a task, as beat or a page does."""
        with Celery(broker=self.redis.url, set_as_current=False) as app:
            app.send_task(task, arguments, queue=queue)

    def sql(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of a query, or nothing. Retried while the server comes back."""
        with psycopg.connect(self.database.migrated_url, autocommit=True) as connection:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def due(self, names: Collection[str]) -> None:
        """Make new packages, each with one file on the index, that are due now."""
        for name in names:
            self.index.add_package(name, [f"{name}-1.0.tar.gz"])
        self.shell.run(
            "from django.utils import timezone; from scanner.services.indexes import get_index;"
            "from scanner.services.packages import ensure_packages;"
            f"ensure_packages(get_index().pk, {sorted(names)!r}, timezone.now())",
        )

    def polled(self, names: Collection[str]) -> None:
        """Wait until every one of these has been polled with success, and assert that it was stored once."""
        rows = "SELECT count(*) FROM scanner_package WHERE name = ANY(%s) AND state = 'current' AND last_error = ''"
        until(lambda: self.sql(rows, list(names)) == [(len(names),)], f"polls of {sorted(names)}")
        told = (
            "SELECT p.name, count(*) FROM scanner_wheelevent e JOIN scanner_package p ON p.id = e.package_id"
            " WHERE p.name = ANY(%s) GROUP BY p.name"
        )
        assert dict(self.sql(told, list(names))) == dict.fromkeys(names, 1), "one first poll each"
        assert self.held() == []

    def held(self) -> list[str]:
        """Return the packages that are claimed or queued."""
        rows = self.sql("SELECT name FROM scanner_package WHERE claimed_until IS NOT NULL OR queued_until IS NOT NULL")
        return sorted(name for (name,) in rows)


def until(happens: Any, what: str) -> None:
    """Check again and again, since processes do not report their progress."""
    end = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < end, f"{what} did not come within {PATIENCE:.0f} s"
        time.sleep(_TRY_AGAIN)


def _answers(client: "redis.Redis") -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
