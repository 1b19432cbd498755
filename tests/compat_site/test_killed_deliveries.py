"""Embedded jobs killed with -9 in the middle of a delivery: it is processed within a minute of the restart."""

import hashlib
import hmac
import json
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]  # it comes without types
import pytest
import requests

from tests.commands import DATABASE, NO_INDEX, environment, manage, migrated
from tests.compat_site.deliveries import SETUP, SOON, HeldHost
from tests.compat_site.installation import until
from tests.compat_site.running import Running
from tests.hosting.git_server import GitServer
from tests.patience import PATIENCE

pytestmark = pytest.mark.long


def push(secret: str, commit: str) -> tuple[bytes, dict[str, str]]:
    repository = {"id": 7, "full_name": "octo/app", "clone_url": "https://git.example/octo/app.git"}
    payload: dict[str, Any] = {"ref": "refs/heads/main", "before": "0" * 40, "after": commit, "repository": repository}
    payload |= {"created": True, "deleted": False, "forced": False, "commits": [], "head_commit": None}
    body = json.dumps(payload | {"pusher": {"name": "a"}}).encode()
    mac = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-GitHub-Event": "push", "X-GitHub-Delivery": commit[:12], "X-Hub-Signature-256": f"sha256={mac}"}
    return body, headers | {"Content-Type": "application/json"}


@pytest.fixture
def run(tmp_path: Path, host: GitServer) -> Iterator[Callable[[], Running]]:
    """Start `manage.py run`; everything is gone at the end."""
    known = environment(migrated(tmp_path / "data"), NO_INDEX)
    settings = known | {"PORT": "0", "WHEELWAY_ALLOW_PRIVATE_HOSTS": "127.0.0.1"}
    started: list[Running] = []

    def start() -> Running:
        started.append(Running(settings, tmp_path / f"errors-{len(started)}"))
        return started[-1]

    yield start
    for running in started:
        running.kill()


def states(data: Path) -> list[tuple[str, int]]:
    connection = sqlite3.connect(data / DATABASE)
    try:
        return list(connection.execute("SELECT state, claimed_at IS NOT NULL FROM projects_delivery ORDER BY id"))
    finally:
        connection.close()


@pytest.mark.parametrize("killed", ["everything", "the jobs alone"])
def test_embedded_jobs_go_on_after_they_were_killed(
    run: Callable[[], Running], host: GitServer, tmp_path: Path, killed: str
) -> None:
    data, settings = tmp_path / "data", environment(tmp_path / "data", NO_INDEX)
    running = run()
    code = SETUP.format(number=3, url=host.url) + "print(json.dumps(made))"
    hooks = json.loads(manage("shell", "-v0", "-c", code, environment=settings, check=True).stdout.splitlines()[-1])
    commit = host.commit({"requirements.txt": "six\n"})
    held = HeldHost(host)
    site = running.link.split("/sign-in/")[0]
    for key, secret, _ in hooks:
        body, headers = push(secret, commit)
        assert (
            requests.Session().post(f"{site}/hooks/{key}/", body, headers=headers, timeout=PATIENCE).status_code == 202
        )
    until(lambda: states(data) == [("pending", 1)] * 3, "claims of all three")
    jobs = running.jobs()
    assert jobs is not None
    if killed == "everything":
        os.killpg(running.process.pid, signal.SIGKILL)
        running.process.wait(PATIENCE)
        until(lambda: not jobs.is_running(), "the end of the jobs")
        held.go()
        run()
    else:
        jobs.kill()
        held.go()
    start = time.monotonic()
    until(lambda: states(data) == [("processed", 0)] * 3, "all three")
    assert time.monotonic() - start < SOON
    connection = sqlite3.connect(data / DATABASE)
    assert connection.execute("SELECT count(*) FROM projects_snapshot WHERE origin = 'push'").fetchone() == (3,)
    connection.close()


def test_the_jobs_end_when_only_the_web_server_is_killed(run: Callable[[], Running], tmp_path: Path) -> None:
    running = run()
    processes = [psutil.Process(running.process.pid), *psutil.Process(running.process.pid).children()]
    running.process.kill()
    until(lambda: not any(one.is_running() and one.status() != "zombie" for one in processes), "the end of both")
    # And the next start finds the folder free.
    assert run().stop(signal.SIGTERM) == 0
