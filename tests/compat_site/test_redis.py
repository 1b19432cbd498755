"""Jobs on a real Redis with real worker processes: none is lost when a process is killed."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from celery import Celery

from tests.commands import ROOT
from tests.patience import PATIENCE


@pytest.fixture
def environment(redis_url: str, tmp_path: Path) -> dict[str, str]:
    without = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    # Short, so that a dead worker's job is free again at once.
    settings = {"REDIS_URL": redis_url, "REDIS_VISIBILITY_TIMEOUT": "2", "WHEELWAY_DATA": str(tmp_path)}
    # As in tests.compat_site.installation.
    return without | settings | {"CELERY_SKIP_CHECKS": "1"}


@pytest.fixture
def server(redis_url: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_url, decode_responses=True, socket_timeout=None) as client:
        client.flushdb()
        yield client


@pytest.fixture
def start_worker(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start `celery worker` with one child, in a process group of its own; whatever is left is killed at the end."""
    workers: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "-A", "tests.compat_site.redelivery", "worker", "--concurrency=1"]
        with (tmp_path / f"worker-{len(workers)}.log").open("wb") as log:
            workers.append(
                subprocess.Popen(
                    [*command, "--loglevel=INFO", "--without-mingle"],
                    cwd=ROOT,
                    env=environment,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )
        return workers[-1]

    yield start
    for worker in workers:
        kill_all(worker)


@pytest.fixture
def send_job(redis_url: str) -> Callable[[], None]:
    def send() -> None:
        with Celery(broker=redis_url, set_as_current=False) as app:
            app.send_task("tests.hold", queue="interactive")

    return send


def kill_all(worker: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(PATIENCE)


def next_from(server: redis.Redis, key: str) -> int:
    answer = server.blpop([key], timeout=int(PATIENCE))
    assert answer is not None, f"nothing came on {key} within {PATIENCE:.0f} s"
    return int(answer[1])


def test_a_job_comes_back_after_its_worker_was_killed(
    server: redis.Redis, start_worker: Callable[[], subprocess.Popen[bytes]], send_job: Callable[[], None]
) -> None:
    send_job()
    first = start_worker()
    first_child = next_from(server, "hold:started")
    kill_all(first)
    assert server.llen("hold:done") == 0
    start_worker()
    second_child = next_from(server, "hold:started")
    assert second_child != first_child
    server.rpush("hold:go", "now")
    assert next_from(server, "hold:done") == second_child


def test_a_job_comes_back_after_its_child_process_was_killed(
    server: redis.Redis, start_worker: Callable[[], subprocess.Popen[bytes]], send_job: Callable[[], None]
) -> None:
    send_job()
    start_worker()
    first_child = next_from(server, "hold:started")
    os.kill(first_child, signal.SIGKILL)
    second_child = next_from(server, "hold:started")
    assert second_child != first_child
    server.rpush("hold:go", "now")
    assert next_from(server, "hold:done") == second_child
