"""Measure the index client: one conditional request for an unchanged page, against a bare requests.Session.

`python -m benchmarks.polling_client [--pairs N] [--requests N]`

Both sides talk to one replay index in a process of its own, in interleaved rounds; the figures are medians of the
rounds and of the ratio of each pair. Correctness gate: every answer on both sides is a 304.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import requests

from scanner.index.answers import FreshPage, NotModified
from scanner.index.client import IndexClient
from scanner.index.formats.read import ACCEPT

PACKAGE = "psycopg2-binary"
ROOT = Path(__file__).resolve().parent.parent


def rounds(bare: Callable[[], None], ours: Callable[[], None], pairs: int) -> list[tuple[float, float]]:
    """Return (bare, ours) in seconds a round, the order swapped each time."""
    taken = []
    for number in range(pairs):
        order = (bare, ours) if number % 2 else (ours, bare)
        seconds = {work: _timed(work) for work in order}
        taken.append((seconds[bare], seconds[ours]))
    return taken


def _timed(work: Callable[[], None]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def measure(url: str, pairs: int, number: int) -> list[tuple[float, float]]:
    """Return the seconds for `number` conditional requests, bare and ours, `pairs` times."""
    client = IndexClient(url, contact="benchmark")
    page = client.page(PACKAGE)
    assert isinstance(page, FreshPage)
    with requests.Session() as session:
        headers = {"Accept": ACCEPT, "If-None-Match": str(page.etag), "User-Agent": "bare"}

        def bare() -> None:
            for _ in range(number):
                answer = session.get(f"{url}/{PACKAGE}/", headers=headers, timeout=30)
                assert answer.status_code == 304

        def ours() -> None:
            for _ in range(number):
                assert isinstance(client.page(PACKAGE, etag=page.etag), NotModified)

        bare()
        ours()
        return rounds(bare, ours, pairs)


def main(arguments: list[str]) -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.polling_client", description=__doc__)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--requests", type=int, default=300, help="requests a round")
    options = parser.parse_args(arguments)
    command = [sys.executable, "-m", "tests.replay"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT) as server:
        try:
            assert server.stdout is not None
            taken = measure(server.stdout.readline().strip(), options.pairs, options.requests)
        finally:
            server.terminate()
    bare, ours = (statistics.median(side) / options.requests * 1000 for side in zip(*taken, strict=True))
    ratio = statistics.median(mine / other for other, mine in taken)
    print(f"one unchanged package, {options.pairs} pairs of {options.requests} requests, loopback")
    print(f"  bare requests.Session  {bare:.3f} ms")
    print(f"  IndexClient.page       {ours:.3f} ms")
    print(f"  ratio                  {ratio:.2f}   (must <= 2, aim 1.3)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
