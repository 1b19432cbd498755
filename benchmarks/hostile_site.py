"""The installation that the hostile drill attacks."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it comes without types
import requests
from msgspec import Struct, field

from benchmarks.hostile_load import Victim
from tests.commands import ROOT, environment, manage
from tests.services import postgresql, redis

SETUP = """
import json, os
from django.contrib.auth import SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from projects.models import Project, Repository
from projects.services.accounts import first_account
from projects.services.projects import create_sample_project
def session(user):
    store = SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(user.pk), "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return store.session_key
admin, _ = first_account()
create_sample_project(admin)
project = Project.objects.get(slug="practice-api")
repository = Repository.objects.create(project=project, clone_url=os.environ["DRILL_CLONE_URL"])
with connection.cursor() as cursor:
    for statement in json.loads(os.environ["DRILL_RECORD"]):
        cursor.execute(statement)
mallory = get_user_model().objects.create_user("mallory")
print(json.dumps([repository.hook_key, repository.rotate_secret(), session(admin), session(mallory)]))
"""
# Deliveries leave their list after a while: the database itself keeps a record of each that was stored, and closed.
RECORD = {
    "sqlite": (
        "CREATE TABLE drill (id integer, state text, attempts integer)",
        """
CREATE TRIGGER drill_closed AFTER UPDATE OF state ON projects_delivery
WHEN old.state = 'pending' AND new.state <> 'pending'
BEGIN INSERT INTO drill VALUES (new.id, new.state, new.attempts); END
""",
        """
CREATE TRIGGER drill_stored AFTER INSERT ON projects_delivery WHEN new.state = 'pending'
BEGIN INSERT INTO drill VALUES (new.id, 'stored', 0); END
""",
    ),
    "postgresql": (
        "CREATE TABLE drill (id integer, state text, attempts integer)",
        """
CREATE FUNCTION drill_closed() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO drill VALUES (new.id, new.state, new.attempts); RETURN NULL; END $$
""",
        """
CREATE TRIGGER drill_closed AFTER UPDATE OF state ON projects_delivery FOR EACH ROW
WHEN (old.state = 'pending' AND new.state <> 'pending') EXECUTE FUNCTION drill_closed()
""",
        """
CREATE FUNCTION drill_stored() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO drill VALUES (new.id, 'stored', 0); RETURN NULL; END $$
""",
        """
CREATE TRIGGER drill_stored AFTER INSERT ON projects_delivery FOR EACH ROW
WHEN (new.state = 'pending') EXECUTE FUNCTION drill_stored()
""",
    ),
}
COUNT = """
import json
from django.db import connection
from projects.models import Delivery
with connection.cursor() as cursor:
    cursor.execute("SELECT state, count(*), count(DISTINCT id), max(attempts) FROM drill GROUP BY state")
    closed = {state: numbers for state, *numbers in cursor.fetchall()}
stored, _, _ = closed.pop("stored", (0, 0, 0))
print(json.dumps([stored, Delivery.objects.filter(state="pending").count(), closed]))
"""


class Deliveries(Struct, frozen=True):
    """What became of the pushes to the followed branch."""

    stored: int
    waiting: int
    # By state: how often one was closed so, how many were, and after how many attempts at most.
    closed: dict[str, tuple[int, int, int]]


class Site(Struct):
    """A running installation, with what the attackers and the readers know of it."""

    url: str
    victim: Victim
    environment: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    stops: list[Callable[[], object]] = field(default_factory=list)
    processor_seconds: dict[str, float] = field(default_factory=dict)
    _before: dict[int, tuple[str, float]] = field(default_factory=dict)

    def begin(self) -> None:
        """Begin to count processor time."""
        self._before = self._processor()

    def end(self) -> None:
        """Store the processor time since `begin` by kind of process. Those that ended in between are left out."""
        for pid, (what, seconds) in self._processor().items():
            used = seconds - self._before.get(pid, ("", 0.0))[1]
            self.processor_seconds[what] = self.processor_seconds.get(what, 0.0) + used

    def _processor(self) -> dict[int, tuple[str, float]]:
        found = {}
        for process in self.processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                parent = psutil.Process(process.pid)
                for one in (parent, *parent.children(recursive=True)):
                    with contextlib.suppress(psutil.NoSuchProcess):
                        times = one.cpu_times()
                        found[one.pid] = (_kind(one.cmdline()), times.user + times.system)
        return found

    def memory_mb(self) -> float:
        """Return the resident memory of all its processes."""
        total = 0
        for process in self.processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                parent = psutil.Process(process.pid)
                for one in (parent, *parent.children(recursive=True)):
                    with contextlib.suppress(psutil.NoSuchProcess):
                        total += one.memory_info().rss
        return total / 1024**2

    def deliveries(self) -> Deliveries:
        """Return what became of the pushes to the followed branch."""
        found = manage("shell", "-v0", "-c", COUNT, environment=self.environment, check=True).stdout
        stored, waiting, closed = json.loads(found)
        return Deliveries(stored, waiting, {state: tuple(numbers) for state, numbers in closed.items()})

    def stop(self) -> None:
        """Stop everything."""
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        for stop in self.stops:
            stop()


def _kind(command: Sequence[str]) -> str:
    for word in ("sandbox", "gunicorn", "beat", "celery", "git", "work", "run"):
        if any(word in part for part in command[1:]):
            return word
    return "other"


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_site(database: str, folder: Path, index_url: str, clone_url: str, web_processes: int = 2) -> Site:
    """Start an installation on the database with its default limits, but for those on uploads of one account."""
    port = free_port()
    settings = environment(folder / "data", index_url) | {
        "PORT": str(port),
        "SECRET_KEY": "the-key-of-the-drill-is-no-secret-0123456789",
        "LOG_LEVEL": "ERROR",
        # The drill is about what reading costs; the limits would end it after a minute's first uploads.
        "LIMIT_UPLOADS_ACCOUNT": "0/1",
        "LIMIT_UPLOADS_ADDRESS": "0/1",
        "DRILL_CLONE_URL": clone_url,
        "DRILL_RECORD": json.dumps(RECORD[database]),
        "WHEELWAY_ALLOW_PRIVATE_HOSTS": "127.0.0.1",
    }
    (folder / "data").mkdir()
    stops: list[Callable[[], object]] = []
    if database == "postgresql":
        server = postgresql.start_server()
        redis_url, stop_redis = redis.start()
        stops = [stop_redis, server.remove]
        settings |= {"DATABASE_URL": server.url, "REDIS_URL": redis_url, "ALLOWED_HOSTS": "127.0.0.1"}
    manage("migrate", "--verbosity=0", environment=settings, check=True)
    made = json.loads(manage("shell", "-v0", "-c", SETUP, environment=settings, check=True).stdout.splitlines()[-1])
    hook, secret, reader, attacker = made
    victim = Victim("127.0.0.1", port, hook, secret, reader, attacker)
    site = Site(f"http://127.0.0.1:{port}", victim, settings, stops=stops)
    python = sys.executable
    commands = [[python, "manage.py", "run"]]
    if database == "postgresql":
        web = [
            "-m",
            "gunicorn",
            "compat_site.wsgi:application",
            "--workers",
            str(web_processes),
            "--threads",
            "96",
            "--keep-alive",
            "20",
        ]
        worker = ["-m", "celery", "-A", "compat_site", "worker", "-c", "2", "--without-gossip", "--without-mingle"]
        workers = [
            [python, *worker, f"--queues={queues}", "-n", f"{queues.partition(',')[0]}@%h"]
            for queues in ("interactive", "searches,polling,alerts")
        ]
        beat = ["-m", "celery", "-A", "compat_site", "beat", "-s", str(folder / "beat")]
        commands = [[python, *web, "-b", f"127.0.0.1:{port}"], *workers, [python, *beat]]
    log = (folder / "log").open("wb")
    for command in commands:
        site.processes.append(
            subprocess.Popen(command, cwd=ROOT, env=settings, stdout=log, stderr=log, start_new_session=True)
        )
    session = requests.Session()
    for _ in range(600):
        with contextlib.suppress(requests.RequestException):
            if session.get(f"{site.url}/healthz", timeout=5).ok:
                return site
        time.sleep(0.1)
    site.stop()
    raise RuntimeError((folder / "log").read_text()[-2000:])
