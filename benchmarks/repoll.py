"""Measure polling a real page again after one new file against its first poll, and an unchanged page.

`python -m benchmarks.repoll [--database postgresql|sqlite] [--pairs N]`

The whole poll is measured, from the request to the committed rows, over HTTP to a replay index in a process of its own
that has its pages ready. A pair is polled by a process that has polled another package before, as a worker has, but not
this one. An unchanged page is compared with a bare requests.Session doing the same conditional request; ours works as
a worker does, in batches of 20, with the statement that makes them due again for the next round counted too.
"""

import argparse
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing.connection import Connection

import requests

from benchmarks.database import database
from tests.replay import ReplayIndex

PACKAGES = ("numpy", "greenlet", "boto3")
POLLED_BEFORE = "cryptography"
JSON_TYPE = "application/vnd.pypi.simple.v1+json"
FORK = multiprocessing.get_context("fork")


def timed(work: Callable[[], object]) -> float:
    """Return how long one run takes, in seconds."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


class Server:
    """A replay index in another process."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.url: str = pipe.recv()

    def show_before_last(self, name: str) -> None:
        """Show what the index had before the newest file of this package."""
        self._tell("before last", name)

    def show_all(self) -> None:
        """Show all files of every package."""
        self._tell("all", "")

    def add(self, name: str) -> None:
        """Add a package with one file."""
        self._tell("add", name)

    def _tell(self, *order: str) -> None:
        self._pipe.send(order)
        self._pipe.recv()


def serve(pipe: Connection) -> None:
    """Run the other process: execute commands until the pipe is closed."""
    with ReplayIndex() as index:
        pipe.send(index.url)
        while True:
            try:
                order, name = pipe.recv()
            except EOFError:
                return
            if order == "add":
                index.add_package(name, ["x-1.0.tar.gz"])
            else:
                index.as_of = before_last(index, name) if order == "before last" else None
            pipe.send(None)


def before_last(index: ReplayIndex, name: str) -> str:
    """Return the upload time of the second newest file."""
    package = index.package(name)
    assert package is not None
    return sorted(file.row.uploaded_at for file in package.files(None))[-2]


@contextmanager
def started() -> Iterator[Server]:
    """Provide a replay index in another process."""
    context = multiprocessing.get_context("spawn")
    mine, other = context.Pipe()
    process = context.Process(target=serve, args=(other,))
    process.start()
    other.close()
    try:
        yield Server(mine)
    finally:
        mine.close()
        process.join()


def pair(index: Server, name: str) -> tuple[float, float]:
    """Return the seconds of the first poll and of the one after a new file."""
    from scanner.index.client import IndexClient
    from scanner.models import Package, ReleaseFile, StoredProfile
    from scanner.services.indexes import get_index
    from scanner.services.polling.poll import poll_package

    client, now = IndexClient(index.url), datetime(2026, 11, 20, tzinfo=UTC)
    Package.objects.all().delete()
    StoredProfile.objects.all().delete()
    # As in a running worker: connections are open, the code has run, most tags and platforms are known.
    poll_package(Package.objects.create(index=get_index(), name=POLLED_BEFORE, due_at=now).pk, client, now)
    package = Package.objects.create(index=get_index(), name=name, due_at=now)
    index.show_before_last(name)
    first = timed(partial(poll_package, package.pk, client, now))
    files = ReleaseFile.objects.filter(package=package).count()
    index.show_all()
    again = timed(partial(poll_package, package.pk, client, now + timedelta(seconds=1)))
    assert ReleaseFile.objects.filter(package=package).count() > files > 1000
    return first, again


def send_pair(pipe: Connection, index: Server, name: str) -> None:
    """Measure a pair, and send it through the pipe."""
    pipe.send(pair(index, name))


def measure(index: Server, name: str, pairs: int) -> list[tuple[float, float]]:
    """Return pairs, each measured in a process of its own, because a process caches what it parsed of a package."""
    from django.db import connection

    with requests.Session() as session:
        # The server renders its pages.
        for show in (partial(index.show_before_last, name), index.show_all):
            show()
            session.get(f"{index.url}/{name}/", headers={"Accept": JSON_TYPE}, timeout=60).raise_for_status()
    connection.close()
    taken = []
    for _ in range(pairs):
        mine, other = FORK.Pipe()
        process = FORK.Process(target=send_pair, args=(other, index, name))
        process.start()
        other.close()
        taken.append(mine.recv())
        process.join()
    return taken


def unchanged(index: Server, name: str, pairs: int, number: int) -> list[tuple[float, float]]:
    """Return the seconds of rounds of unchanged polls by pair: (bare, ours)."""
    from scanner.index.client import IndexClient
    from scanner.index.formats.read import ACCEPT
    from scanner.models import Package
    from scanner.services.polling.poll import poll_package
    from scanner.services.polling.results import PollResult
    from scanner.services.polling.schedule import poll_batch

    client, package = IndexClient(index.url), Package.objects.get(name=name)
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    copies = [package]
    for at in range(19):
        copy = Package.objects.create(index=package.index, name=f"{name}-{at}", due_at=now)
        index.add(copy.name)
        poll_package(copy.pk, client, now)
        copies.append(copy)
    keys = [copy.pk for copy in copies]
    with requests.Session() as session:
        headers = {"Accept": ACCEPT, "If-None-Match": package.etag, "User-Agent": "bare"}

        def bare() -> None:
            for _ in range(number):
                assert session.get(f"{index.url}/{name}/", headers=headers, timeout=30).status_code == 304

        def ours() -> None:
            for _ in range(number // len(keys)):
                Package.objects.filter(pk__in=keys).update(due_at=now)
                assert poll_batch(keys, seconds=60) == {PollResult.UNCHANGED.value: len(keys)}

        taken = [(timed(bare), timed(ours)) for _ in range(pairs + 1)]
    return taken[1:]


def main(arguments: list[str]) -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.repoll", description=__doc__)
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--requests", type=int, default=200, help="unchanged polls a round")
    options = parser.parse_args(arguments)
    with started() as index, database(options.database, index_url=index.url):
        print(f"a poll after one new file against the first poll, {options.database}, {options.pairs} pairs")
        for name in PACKAGES:
            taken = measure(index, name, options.pairs)
            first, again = (statistics.median(side) * 1000 for side in zip(*taken, strict=True))
            ratio = statistics.median(second / one for one, second in taken)
            print(f"  {name:10} first {first:7.1f} ms  again {again:6.1f} ms  ratio {ratio:.3f}   (must < 0.1)")
        taken = unchanged(index, PACKAGES[-1], options.pairs, options.requests)
        bare, ours = (statistics.median(side) / options.requests * 1000 for side in zip(*taken, strict=True))
        ratio = statistics.median(mine / other for other, mine in taken)
        print(f"  unchanged  bare {bare:.3f} ms  whole poll {ours:.3f} ms  ratio {ratio:.2f}   (must <= 2, aim 1.3)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
