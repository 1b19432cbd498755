"""Issue 3: polling a real page again after one new file, against polling it for the first time; and P5b, unchanged.

`python -m benchmarks.repoll [--database postgresql|sqlite] [--pairs N]`

The whole poll is measured, from the request to the committed rows, over HTTP to a replay index in this process that
has its pages ready. P5b's floor is a bare requests.Session doing the same conditional request; ours works as a worker
does, in batches of 20, with the statement that makes them due again for the next round counted too.
"""

import argparse
import gc
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import requests

from benchmarks.database import database
from tests.replay import ReplayIndex

PACKAGES = ("numpy", "greenlet", "boto3")


def timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def before_last(index: ReplayIndex, name: str) -> str:
    """The last moment at which exactly the newest file was not there."""
    package = index.package(name)
    assert package is not None
    return sorted(file.row.uploaded_at for file in package.files(None))[-2]


def measure(index: ReplayIndex, name: str, pairs: int) -> list[tuple[float, float]]:
    from scanner.index.client import IndexClient
    from scanner.models import Package, ReleaseFile, ReleaseShape
    from scanner.services.indexes import get_index
    from scanner.services.polling import poll_package

    client, early = IndexClient(index.url), before_last(index, name)
    now, taken = datetime(2026, 11, 20, tzinfo=UTC), []
    for _ in range(pairs + 1):
        Package.objects.all().delete()
        ReleaseShape.objects.all().delete()
        package = Package.objects.create(index=get_index(), name=name, due_at=now)
        index.as_of = early
        first = timed(partial(poll_package, package.pk, client, now))
        files = ReleaseFile.objects.count()
        index.as_of = None
        again = timed(partial(poll_package, package.pk, client, now + timedelta(seconds=1)))
        assert ReleaseFile.objects.count() > files > 1000
        taken.append((first, again))
        if len(taken) == 1:
            # The server's pages are made. Its data are no part of a worker: the collector shall not walk them.
            gc.collect()
            gc.freeze()
    return taken[1:]


def unchanged(index: ReplayIndex, name: str, pairs: int, number: int) -> list[tuple[float, float]]:
    from scanner.index.client import IndexClient
    from scanner.index.wire import ACCEPT
    from scanner.models import Package
    from scanner.services.polling import Outcome, poll_package
    from scanner.services.rounds import poll_batch

    client, package = IndexClient(index.url), Package.objects.get(name=name)
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    copies = [package]
    for at in range(19):
        copy = Package.objects.create(index=package.index, name=f"{name}-{at}", due_at=now)
        index.add_package(copy.name, ["x-1.0.tar.gz"])
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
                assert poll_batch(keys, seconds=60) == {Outcome.UNCHANGED.value: len(keys)}

        taken = [(timed(bare), timed(ours)) for _ in range(pairs + 1)]
    return taken[1:]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.repoll", description=__doc__)
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--requests", type=int, default=200, help="unchanged polls a round")
    options = parser.parse_args(arguments)
    with ReplayIndex() as index, database(options.database, index_url=index.url):
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
