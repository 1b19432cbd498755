"""Measure cycles of polling over many packages of a synthetic index in the real page format.

`python -m benchmarks.rounds [--packages 20000] [--files 150] [--database postgresql|sqlite] [--pairs N]`

One worker process (this one) does all polls through the batches that a Celery worker gets; the index runs in a process
of its own on the same machine, so its work is part of every figure. Reported: the first fill; a cycle in which nothing
changed, package by package and with root serials; a cycle in which 1 % changed; memory; size of the database. The
floor of a serial round is fetching and json-loading the same root page.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import requests

from benchmarks.database import database

ROOT = Path(__file__).resolve().parent.parent


def timed(work: Callable[[], object]) -> float:
    """Return how long one run takes, in seconds."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


@contextmanager
def synthetic(packages: int, files: int) -> Iterator[str]:
    """Provide the address of a synthetic index in another process."""
    command = [sys.executable, "-m", "benchmarks.synthetic_index", "--packages", str(packages), "--files", str(files)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def poll_all_due() -> int:
    """Queue and poll, as scheduler and worker do, until nothing is due."""
    from django.utils import timezone

    from scanner.services.polling.schedule import poll_batch, queue_due

    polled = 0
    while batches := list(queue_due(timezone.now())):
        for batch in batches:
            polled += sum(poll_batch(batch, seconds=600).values())
    return polled


def make_all_due() -> None:
    """Make every package due now."""
    from django.utils import timezone

    from scanner.models import Package

    Package.objects.update(due_at=timezone.now())


def follow() -> int:
    """Follow the serials of the root page once. Return how many packages became due."""
    from django.utils import timezone

    from scanner.models import Index
    from scanner.services.indexes import client_of
    from scanner.services.serials import follow as follow_index

    index = Index.objects.get()
    return follow_index(index, client_of(index), timezone.now())


def database_size() -> int:
    """Return the size of the database in bytes."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return int(cursor.fetchone()[0])


def megabytes() -> float:
    """Return the peak memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(arguments: list[str]) -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rounds", description=__doc__)
    parser.add_argument("--packages", type=int, default=20_000)
    parser.add_argument("--files", type=int, default=150, help="files a package")
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--listed", type=int, default=700_000, help="other names on the longer root page")
    parser.add_argument("--pairs", type=int, default=5)
    options = parser.parse_args(arguments)
    with synthetic(options.packages, options.files) as url, database(options.database, index_url=url):
        report(url, options)
    return 0


def report(url: str, options: argparse.Namespace) -> None:
    """Measure every cycle, and print a line for each."""
    from django.conf import settings
    from django.utils import timezone

    from scanner.models import Index, ReleaseFile, WheelEvent
    from scanner.services.indexes import get_index
    from scanner.services.packages import ensure_packages

    print(f"{options.packages:,} packages of {options.files} files, {options.database}, one worker process")
    names = [f"package-{number:05}" for number in range(options.packages)]
    for start in range(0, len(names), 2000):
        ensure_packages(get_index().pk, names[start : start + 2000], timezone.now())
    before = megabytes()
    first = timed(poll_all_due)
    files = ReleaseFile.objects.count()
    assert files == options.packages * options.files
    print(f"  first fill               {first:8.1f} s  {files / first:,.0f} files/s")
    print(f"  memory                   {megabytes():8.0f} MB at most, {before:.0f} MB before the first poll")
    print(f"  database                 {database_size() / 1e6:8.0f} MB, {database_size() / files:.0f} bytes a file")

    make_all_due()
    each = timed(poll_all_due)
    print(f"  unchanged, one by one    {each:8.1f} s  {each / options.packages * 1000:.2f} ms a package")
    report_floors(url, first / options.packages, each / options.packages)

    # A root page that lists little else, and one as long as the public index's; as much moves as there in ten minutes.
    for others, moved in ((1_000, 3), (options.listed, 100)):
        report_following(url.removesuffix("/simple"), others, moved, options.pairs)

    events = WheelEvent.objects.count()
    requests.Session().post(f"{url.removesuffix('/simple')}/change?share=0.01&round=0", timeout=60)
    Index.objects.update(root_checked_at=timezone.now())
    settings.WHEELWAY_ROOT_PATIENCE = timedelta(hours=1)
    changed = timed(lambda: (follow(), poll_all_due()))
    new = WheelEvent.objects.count() - events
    assert new == round(options.packages / 100), new
    print(f"  1 % changed, by serials  {changed:8.2f} s  {new} packages, {changed / new * 1000:.1f} ms each")
    print(f"  of the first fill        {changed / first:8.4f}   of an unchanged cycle one by one {changed / each:.3f}")


def report_floors(url: str, first: float, again: float) -> None:
    """Measure both cycles per package against a bare session that fetches and loads the pages."""
    from scanner.models import Package

    some = list(Package.objects.order_by("pk").values_list("name", "etag")[:500])
    with requests.Session() as session:

        def ask(name: str, **headers: str) -> requests.Response:
            return session.get(f"{url}/{name}/", headers={"Accept-Encoding": "gzip", **headers}, timeout=60)

        def load(name: str) -> None:
            json.loads(ask(name).content)

        loading = statistics.mean(timed(partial(load, name)) for name, _ in some)
        asking = statistics.mean(timed(partial(ask, name, **{"If-None-Match": etag})) for name, etag in some)
    print(
        f"    fetch, json.loads      {loading * 1000:8.2f} ms a package; the first fill is {first / loading:.2f} of it"
    )
    print(f"    conditional request    {asking * 1000:8.2f} ms a package; the cycle is {again / asking:.2f} of it")


def report_following(host: str, others: int, moved: int, pairs: int) -> None:
    """Measure cycles by serials in which `moved` other names changed, so that nothing becomes due."""
    from scanner.models import Index

    with requests.Session() as session:

        def tell(what: str) -> None:
            session.post(f"{host}/{what}", timeout=600).raise_for_status()

        def fetch() -> None:
            json.loads(session.get(f"{host}/simple/", headers={"Accept-Encoding": "gzip"}, timeout=600).content)

        def follow_nothing() -> None:
            assert follow() == 0

        def follow_whole() -> None:
            Index.objects.update(root_compared_at=None)
            follow_nothing()

        tell(f"list?names={others}")
        # As many as the numbers that are compared once more.
        tell(f"move?names={moved * 20}")
        before = megabytes()
        follow_whole()
        tell(f"move?names={moved}")
        follow_nothing()
        print(f"  a root page of {Index.objects.get().root_names:,} names")
        print(f"    memory                 {megabytes():8.0f} MB at most, {before:.0f} MB before")
        times: dict[str, list[tuple[float, float]]] = {"the page is the same": [], "others moved": [], "all rows": []}
        for _ in range(pairs):
            for what, work in zip(times, (follow_nothing, follow_nothing, follow_whole), strict=True):
                if work is follow_whole or what == "others moved":
                    tell(f"move?names={moved}")
                floor = timed(fetch)
                times[what].append((floor, timed(work)))
    floor = statistics.median(theirs for side in times.values() for theirs, _ in side)
    print(f"    fetch, json.loads      {floor * 1000:8.1f} ms  {megabytes():.0f} MB at most")
    for what, sides in times.items():
        ratio = statistics.median(ours / theirs for theirs, ours in sides)
        ours = statistics.median(ours for _, ours in sides)
        print(f"    {what:22} {ours * 1000:8.1f} ms  ratio {ratio:.2f}")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
