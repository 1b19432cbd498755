"""What the fault drill runs against: Redis, Celery workers, and an index whose history is the same in every run."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.replay import ReplayIndex
from tests.services import redis as redis_service

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = (
    *("greenlet", "numpy", "cryptography", "cffi", "pydantic-core", "pyyaml", "orjson", "aiohttp", "asyncpg"),
    *("sqlalchemy", "bcrypt", "hiredis", "markupsafe", "multidict", "yarl", "frozenlist", "psycopg2-binary"),
    *("charset-normalizer", "httptools", "watchfiles", "websockets", "lxml", "pillow", "uvloop", "msgpack"),
)


class Redis:
    """A Redis server that can lose everything and come back at its port."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.folder = tempfile.mkdtemp(prefix="wheelway-drill-")
        self.start()

    def start(self) -> None:
        """Start the server at its port."""
        options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", self.folder]
        command = [redis_service.binary(), "--port", str(self.port), *options]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self) -> None:
        """Kill the server, so that its queues are lost."""
        self.process.kill()
        self.process.wait()


class Worker:
    """One Celery worker with two processes of its own, in its own group so that all of it can be killed."""

    def __init__(self, number: int) -> None:
        self.number, self.kills = number, -1
        self.leaving: list[subprocess.Popen[bytes]] = []
        self.log = Path(tempfile.gettempdir()) / f"wheelway-drill-worker-{os.getpid()}-{number}.log"
        self.start()

    def start(self) -> None:
        """Start the next process of this worker."""
        self.kills += 1
        command = [sys.executable, "-m", "celery", "-A", "compat_site", "worker", "-c", "2", "-Q", "polling"]
        command += ["-n", f"drill-{self.number}-{self.kills}@localhost", "--without-gossip", "--without-mingle"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)

    def kill(self) -> None:
        """Kill the worker and its processes."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def replace(self) -> None:
        """Ask it to stop, as an update does, and start the next one at once."""
        self.process.send_signal(signal.SIGTERM)
        self.leaving.append(self.process)
        self.start()

    def close(self) -> list[int]:
        """End it. Return the exit codes of those that were asked to stop before and did not end cleanly."""
        self.kill()
        self.log.unlink(missing_ok=True)
        # One that was asked before it could listen has begun nothing.
        return [code for code in map(_left, self.leaving) if code not in (0, -signal.SIGTERM)]


def _left(process: subprocess.Popen[bytes]) -> int:
    try:
        return process.wait(40)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait()


class History:
    """The index month by month, with a few changes that no recording has, the same in both runs."""

    def __init__(self, index: ReplayIndex, steps: int) -> None:
        self.index = index
        self.steps = [datetime(2024 + month // 12, month % 12 + 1, 1, tzinfo=UTC) for month in range(steps)]

    def move_to(self, number: int) -> None:
        """Set the index to a month, and make the changes of that month."""
        index = self.index
        index.as_of = self.steps[number]
        if number == 0 and index.package(f"made-{PACKAGES[0]}") is None:
            for name in PACKAGES:
                index.add_package(f"made-{name}", [f"made_{name.replace('-', '_')}-1.0-py3-none-any.whl"])
        if number == 0:
            return
        name = PACKAGES[number % len(PACKAGES)]
        made, stem = f"made-{name}", f"made_{name.replace('-', '_')}"
        index.add_files(made, [f"{stem}-1.{number}-cp313-cp313-win_amd64.whl", f"{stem}-1.{number}.tar.gz"])
        other = f"made-{PACKAGES[(number - 1) % len(PACKAGES)]}"
        index.yank(other, "1.0", f"step {number}")
        if number > 2:
            earlier = PACKAGES[(number - 2) % len(PACKAGES)]
            index.unyank(f"made-{earlier}", "1.0")
            index.remove_file(f"made-{earlier}", f"made_{earlier.replace('-', '_')}-1.{number - 2}.tar.gz")
            index.set_status(f"made-{earlier}", "archived")


def names(index: ReplayIndex) -> list[str]:
    """Return the packages that the index has now."""
    return [name for recorded in PACKAGES for name in (recorded, f"made-{recorded}") if index.package(name) is not None]
