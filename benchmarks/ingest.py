"""Measure storing recorded pages, from their bytes to rows, against the database's own bulk way.

`python -m benchmarks.ingest [--database postgresql|sqlite] [--pairs N] [--packages N]`

The floor loads the same pages with the json module and writes the same rows (profiles, packages, releases and files,
into the same tables with the same indexes) by COPY on PostgreSQL and executemany on SQLite, one transaction a
package. Rounds are interleaved and each starts with empty tables. Correctness gate: both sides leave the same files.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence

from benchmarks.database import database
from tests.replay.packages import recorded_package
from tests.replay.recording import recorded_names
from tests.replay.rendering import JSON, Style, project_page

# Each table with the column of its package: profiles belong to several and go first.
OWNERS = (
    ("scanner_storedprofile", None),
    ("scanner_package", "id"),
    ("scanner_release", "package_id"),
    ("scanner_releasefile", "package_id"),
)
Table = tuple[str, list[str], list[Sequence[object]]]


def bodies(number: int) -> dict[str, bytes]:
    """Return the pages of the recorded packages with the most files, as the index sends them."""
    packages = [recorded_package(name) for name in recorded_names()]
    largest = sorted(packages, key=lambda package: -package.count(None))[:number]
    return {package.name: project_page(package, None, JSON, Style(), "https://files.example") for package in largest}


def ours(pages: dict[str, bytes]) -> None:
    """Store the pages as a poll does."""
    from django.db import transaction
    from django.utils import timezone
    from packaging.utils import NormalizedName

    from scanner.index.formats import read as wire
    from scanner.models import Package
    from scanner.services.indexes import get_index
    from scanner.services.storage.page import store_page

    now, index = timezone.now(), get_index()
    Package.objects.bulk_create(Package(index=index, name=name) for name in pages)
    for package in Package.objects.filter(name__in=pages):
        body = pages[package.name]
        page = wire.read_page(wire.JSON_TYPE, body, NormalizedName(package.name), "https://index.example/")
        wire.compare(wire.JSON_TYPE, body, b"")
        with transaction.atomic():
            store_page(package, page, now)


def stored_rows() -> dict[int, list[Table]]:
    """Return the stored rows by package, for the comparison to write again."""
    from django.db import connection

    found: dict[int, list[Table]] = {}
    with connection.cursor() as cursor:
        for table, owner in OWNERS:
            cursor.execute(f"SELECT * FROM {table}")
            columns = [column[0] for column in cursor.description]
            rows: dict[int, list[Sequence[object]]] = {}
            for row in cursor.fetchall():
                rows.setdefault(row[columns.index(owner)] if owner else 0, []).append(_adapted(row, columns))
            for package, its in rows.items():
                found.setdefault(package, []).append((table, columns, its))
    return found


def _adapted(row: Sequence[object], columns: list[str]) -> Sequence[object]:
    from django.db import connection

    if connection.vendor == "sqlite":
        return row
    # JSON columns come back as values.
    return [json.dumps(value) if column == "problems" else value for value, column in zip(row, columns, strict=True)]


def floor(pages: dict[str, bytes], rows: dict[int, list[Table]]) -> None:
    """Load the pages, and write the same rows in the database's own bulk way."""
    from django.db import connection, transaction

    for body in pages.values():
        json.loads(body)
    for tables in rows.values():
        with transaction.atomic(), connection.cursor() as cursor:
            for table, columns, its in tables:
                listed = ", ".join(columns)
                if connection.vendor == "postgresql":
                    with cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
                        for row in its:
                            copy.write_row(row)
                else:
                    marks = ", ".join("?" for _ in columns)
                    raw = cursor.cursor.connection
                    raw.executemany(f"INSERT INTO {table} ({listed}) VALUES ({marks})", its)


def empty() -> None:
    """Delete all rows of both sides."""
    from django.db import connection

    parts = ("wheelevent", "releasefile", "release", "storedreleasecolumns", "rowchecksums", "package")
    tables = [f"scanner_{part}" for part in parts]
    tables.append("scanner_storedprofile")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
            return
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")


def timed(work: Callable[[], None]) -> float:
    """Return how long one run takes, in seconds."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def measure(pages: dict[str, bytes], pairs: int) -> list[tuple[float, float]]:
    """Return the seconds of both sides by pair: (bulk, ours)."""
    from scanner.models import ReleaseFile

    def names() -> list[str]:
        return sorted(ReleaseFile.objects.values_list("filename", flat=True))

    ours(pages)
    rows, want = stored_rows(), names()
    taken = []
    for _ in range(pairs):
        empty()
        slow = timed(lambda: floor(pages, rows))
        assert names() == want
        empty()
        fast = timed(lambda: ours(pages))
        assert names() == want
        taken.append((slow, fast))
    return taken


def main(arguments: list[str]) -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=__doc__)
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--packages", type=int, default=40)
    options = parser.parse_args(arguments)
    pages = bodies(options.packages)
    with database(options.database):
        taken = measure(pages, options.pairs)
        from scanner.models import ReleaseFile

        files = ReleaseFile.objects.count()
    raw, mine = (statistics.median(side) for side in zip(*taken, strict=True))
    ratio = statistics.median(ours_ / floor_ for floor_, ours_ in taken)
    print(f"first fill of {len(pages)} packages, {files:,} files, {options.database}, {options.pairs} pairs")
    print(f"  json.loads and raw rows  {raw:.3f} s  {files / raw:>9,.0f} files/s")
    print(f"  ours, bytes to rows      {mine:.3f} s  {files / mine:>9,.0f} files/s")
    print(f"  ratio                    {ratio:.2f}   (must <= 3, aim 1.5)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
