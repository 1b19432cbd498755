"""Pages, P7 to P9 of performance.md §8: `python -m benchmarks.pages [--pairs 41]`.

One gunicorn worker on PostgreSQL for each of two databases, the second with ten times the projects, packages and
history (benchmarks/pages_fill.py says how much). Requests take turns in one run; figures are medians.

P7   the page of a project with all cells of its risk table, 200 packages on 12 targets, signed in, uncached; against
     the same template engine rendering a bare table of that size (no middleware, no database)
P7b  the same page when nothing changed, asked with its ETag; against a view that says "ok" to a signed-in user
P8   memory of the worker after 1,000 views of as many projects' pages; against after one
P9   pages at ten times the data; against the same at one time

Checked beside: every cell of the table says what is stored, and the ETag changes with the answer.
"""

import argparse
import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from msgspec import Struct

from benchmarks.pages_fill import TARGETS
from tests.services import postgresql

ROOT = Path(__file__).resolve().parent.parent
STATES = ("blocked", "upgrade", "held-back", "unknown", "not-judged", "ignored", "degraded", "ready", "inactive")
VIEWS = 1_000


class Site(Struct, frozen=True):
    """A running site, and what its database was filled with."""

    port: int
    master: int
    filled: Mapping[str, Any]

    def get(self, path: str, who: str = "viewer", **headers: str) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and body. The worker ends each connection, as sync workers do."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers={"Cookie": f"sessionid={self.filled[who]}", **headers})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, dict(answer.getheaders()), body

    def seconds(self, path: str, status: int = 200, who: str = "viewer", **headers: str) -> float:
        """How long one answer takes."""
        begin = time.perf_counter()
        got, _, _ = self.get(path, who, **headers)
        taken = time.perf_counter() - begin
        assert got == status, (path, got)
        return taken

    def memory(self) -> float:
        """Resident megabytes of the worker."""
        worker = Path(f"/proc/{self.master}/task/{self.master}/children").read_text().split()[0]
        status = Path(f"/proc/{worker}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", status)
        assert found is not None
        return int(found[1]) / 1024


@contextmanager
def site(database_url: str, times: int, folder: Path) -> Iterator[Site]:
    """Fill a database, and serve it by one worker."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "compat_site.settings",
        "SECRET_KEY": "benchmarks-need-no-secret",
        "WHEELWAY_DATA": str(folder),
        "WHEELWAY_INDEX_URL": "https://index.example/simple",
        "LOG_LEVEL": "ERROR",
        "ALLOWED_HOSTS": "127.0.0.1",
        "HTTPS": "false",
    }
    environment.pop("REDIS_URL", None)
    fill = [sys.executable, "-m", "benchmarks.pages_fill", str(times)]
    filled = json.loads(subprocess.run(fill, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True).stdout)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.set_inheritable(True)
        bind = f"--bind=fd://{listening.fileno()}"
        serve = [sys.executable, "-m", "gunicorn", "benchmarks.pages_site:application", "--workers=1", bind]
        quietly = ["--log-level=error", "--no-control-socket"]
        with subprocess.Popen([*serve, *quietly], cwd=ROOT, env=environment, pass_fds=[listening.fileno()]) as master:
            try:
                made = Site(listening.getsockname()[1], master.pid, filled)
                # Waits until the worker serves.
                made.seconds("/healthz")
                yield made
            finally:
                master.terminate()


class Cells(HTMLParser):
    """The states of the risk table's cells, by the package and target that they link to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[tuple[str, str], str] = {}
        self._state: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the state of a cell, then the package and target of its link."""
        given = {name: value or "" for name, value in attrs}
        if tag == "td":
            kind, _, state = given.get("class", "").partition(" ")
            self._state = state if kind == "cell" else None
        elif tag == "a" and self._state:
            target, name = urlsplit(given["href"]).path.rstrip("/").split("/")[-2:]
            self.found[name, target] = self._state
            self._state = None


def whole_table(slug: str) -> str:
    """Return the address of a project's page with every cell."""
    asked = [("target", target) for target in TARGETS] + [("state", state) for state in STATES]
    return f"/projects/{slug}/?{urlencode(asked)}"


def in_turns(pairs: int, ours: Callable[[], float], theirs: Callable[[], float]) -> tuple[float, float]:
    """Medians of both sides, taking turns; the first of each is not counted."""
    measured = [(ours(), theirs()) for _ in range(pairs + 1)][1:]
    return statistics.median(a for a, _ in measured), statistics.median(b for _, b in measured)


def print_row(what: str, ours: float, theirs: float, goal: str, unit: str = "ms") -> None:
    """One line of the table."""
    factor = 1000 if unit == "ms" else 1
    print(f"{what:<44} {ours * factor:8.1f} {theirs * factor:8.1f} {unit} {ours / theirs:6.2f}   {goal}", flush=True)


def compare_table(one: Site, pairs: int) -> None:
    """P7 and P7b."""
    path = whole_table(one.filled["slugs"][0])
    _, headers, body = one.get(path)
    cells = Cells()
    cells.feed(body.decode())
    stored = {(name, target): state for target, rows in one.filled["verdicts"].items() for name, state in rows.items()}
    assert cells.found == stored, f"{len(cells.found)} cells, {len(stored)} stored"
    _, _, bare = one.get("/bare/")
    print(f"{len(stored):,} right cells in {len(body) / 1000:.0f} kB; the bare table has {len(bare) / 1000:.0f} kB")
    ours, theirs = in_turns(pairs, partial(one.seconds, path), partial(one.seconds, "/bare/"))
    print_row("P7 risk table, against a bare table", ours, theirs, "must 2, aim 1.3")
    etag = headers.get("ETag")
    if etag is None:
        print("P7b: the page has no ETag")
        return
    unchanged = partial(one.seconds, path, 304, **{"If-None-Match": etag})
    for what, ok in (("ok, signed in", "/ok/"), ("ok, anybody", "/ok/anybody/")):
        print_row(
            f"P7b unchanged, against {what}", *in_turns(pairs, unchanged, partial(one.seconds, ok)), "must 1.5, aim 1.1"
        )


def compare_sizes(one: Site, ten: Site, pairs: int) -> None:
    """P9."""
    slug = one.filled["slugs"][1]
    pages = {
        "the portfolio": "/",
        "a project": f"/projects/{slug}/",
        "a large project, all cells": whole_table(one.filled["slugs"][0]),
        "a cell's proof": f"/projects/{slug}/cells/{TARGETS[0]}/package-00007/",
        "the viewer's packages": "/packages/",
        "a package": f"/packages/{one.filled['package']}/",
        "alerts": "/alerts/",
    }
    for what, path in pages.items():
        ours, theirs = in_turns(pairs, partial(ten.seconds, path), partial(one.seconds, path))
        print_row(f"P9 {what}", ours, theirs, "must 1.3, aim 1")
    ours, theirs = in_turns(pairs, partial(ten.seconds, "/", who="lead"), partial(one.seconds, "/", who="lead"))
    print_row("P9 a portfolio of 50 projects", ours, theirs, "must 1.3, aim 1")


def compare_memory(ten: Site) -> None:
    """P8, on a worker that has served nothing yet."""
    first, *others = ten.filled["slugs"][1 : VIEWS + 2]
    ten.get(f"/projects/{first}/", "everybody")
    before = ten.memory()
    for slug in others:
        status, _, _ = ten.get(f"/projects/{slug}/", "everybody")
        assert status == 200
    print_row(f"P8 memory after {len(others):,} more views", ten.memory(), before, "must 1.2, aim 1.05", "MB")


def main(arguments: list[str]) -> int:
    """Measure everything and print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--pairs", type=int, default=41)
    options = parser.parse_args(arguments)
    url, stop = postgresql.start()
    try:
        with tempfile.TemporaryDirectory() as text:
            folder = Path(text)
            other = url.removesuffix("/postgres") + "/ten"
            create_database(url, "ten")
            with site(url, 1, folder / "one") as one, site(other, 10, folder / "ten") as ten:
                compare_memory(ten)
                compare_table(one, options.pairs)
                compare_sizes(one, ten, options.pairs)
    finally:
        stop()
    return 0


def create_database(url: str, name: str) -> None:
    """Beside the one of `url`, on the same server."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
