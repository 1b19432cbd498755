"""A minute under attack: `python -m benchmarks.hostile_drill [sqlite|postgresql] [--seconds 60]`.

Hostile uploads, wrong passwords, 100 signed deliveries a second and ten readers at once, against the embedded server
on SQLite, or gunicorn with a worker on PostgreSQL and Redis. Exits with 1 if a delivery is lost, /healthz takes a
second, a page takes a second at the 95th percentile, or memory is not bounded.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path

import requests

from benchmarks.hostile_site import Site, start_site
from tests.hostile.shapes import SHAPES
from tests.replay import ReplayIndex

DELIVERIES_A_SECOND = 100
SENDERS = 10
READERS = 10
ATTACKERS = 4
UPLOADERS = 2
# Seconds between two pages of one reader, who looks at them.
THINKS = 1.0
MEMORY_MB = 3000
HOSTILE = (
    "toml: dotted key in an inline table",
    "toml: integer",
    "toml: dotted keys just below the bound",
    "yaml: aliases of the pip list",
    "requirements: clauses",
    "requirements: pins",
    "requirements: files that include all",
    "uv.lock: versions of one name",
    "json: nested",
)


class Measurements:
    """Latencies and answers by kind of request; threads add to them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.answers: dict[str, Counter[str]] = defaultdict(Counter)

    def time(self, kind: str, send: Callable[[], requests.Response]) -> requests.Response | None:
        """Send a request and keep how long it took and what it answered."""
        start = time.monotonic()
        try:
            answer: requests.Response | None = send()
            status = str(answer.status_code) if answer is not None else ""
        except requests.RequestException as error:
            answer, status = None, type(error).__name__
        took = time.monotonic() - start
        with self._lock:
            self.seconds[kind].append(took)
            self.answers[kind][status] += 1
        return answer

    def percentile(self, kind: str, share: float) -> float:
        """Return a percentile of the latencies of one kind."""
        ordered = sorted(self.seconds[kind]) or [0.0]
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def line(self, kind: str) -> str:
        """Return the figures of one kind."""
        p50, p95, most = (self.percentile(kind, share) for share in (0.5, 0.95, 1.0))
        answers = ", ".join(f"{status}: {count}" for status, count in sorted(self.answers[kind].items()))
        total = len(self.seconds[kind])
        return f"{kind:16} {total:6} requests  p50 {p50:6.3f}  p95 {p95:6.3f}  max {most:6.3f}   {answers}"


def deliver(site: Site, measured: Measurements, end: float, number: int) -> None:
    """Send signed pushes at a steady rate, one in ten to the branch that the project follows."""
    session, pause, sent = requests.Session(), SENDERS / DELIVERIES_A_SECOND, 0
    next_at = time.monotonic() + pause * number / SENDERS
    while next_at < end and time.monotonic() < end:
        time.sleep(max(0.0, next_at - time.monotonic()))
        next_at += pause
        sent += 1
        commit = hashlib.sha1(f"{number} {sent}".encode(), usedforsecurity=False).hexdigest()
        branch = "main" if sent % 10 == 0 else f"feature-{number}"
        repository = {"id": 7, "full_name": "octo/app", "clone_url": "https://git.example/octo/app.git"}
        push: dict[str, object] = {"ref": f"refs/heads/{branch}", "before": "0" * 40, "after": commit}
        push |= {"created": False, "deleted": False, "pusher": {"name": "a"}}
        push |= {"forced": False, "commits": [], "head_commit": None, "repository": repository}
        body = json.dumps(push).encode()
        mac = hmac.new(site.secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "X-GitHub-Event": "push",
            "X-GitHub-Delivery": f"{number}-{sent}",
            "X-Hub-Signature-256": f"sha256={mac}",
            "Content-Type": "application/json",
        }
        address = f"{site.url}/hooks/{site.hook}/"
        measured.time("delivery", partial(session.post, address, body, headers=headers, timeout=60))


def read_pages(site: Site, measured: Measurements, end: float, number: int) -> None:
    """Read one page after another."""
    session = requests.Session()
    session.cookies.set("sessionid", site.reader)
    pages = ("/projects/", "/projects/practice-api/", "/packages/", "/projects/practice-api/targets/")
    turn = number
    while time.monotonic() < end:
        turn += 1
        page = pages[turn % len(pages)]
        measured.time("page", partial(session.get, site.url + page, timeout=60))
        time.sleep(THINKS)


def guess(site: Site, measured: Measurements, end: float, number: int) -> None:
    """Send wrong passwords without a pause."""
    session = requests.Session()
    session.get(f"{site.url}/sign-in/", timeout=60)
    while time.monotonic() < end:
        form = {"username": f"admin{number}", "password": "wrong", "csrfmiddlewaretoken": session.cookies["csrftoken"]}
        measured.time("wrong password", partial(session.post, f"{site.url}/sign-in/", form, timeout=60))


def upload(site: Site, measured: Measurements, end: float, number: int) -> None:
    """Send hostile files as new projects, without a pause."""
    session = requests.Session()
    session.cookies.set("sessionid", site.attacker)
    session.get(f"{site.url}/projects/add/", timeout=60)
    turn = number
    while time.monotonic() < end:
        turn += 1
        shape = SHAPES[HOSTILE[turn % len(HOSTILE)]]
        files = [("uploads", (path.replace("/", "-"), content)) for path, content in shape(1_500_000).items()]
        form = {
            "name": f"evil {turn}",
            "target": "cp313-win_amd64",
            "csrfmiddlewaretoken": session.cookies["csrftoken"],
        }
        address = f"{site.url}/projects/add/"
        send = partial(session.post, address, form, files=files, timeout=60, allow_redirects=False)
        measured.time("hostile upload", send)


def watch(site: Site, measured: Measurements, end: float, memory: list[float]) -> None:
    """Ask for /healthz, and add up the memory of all processes."""
    session = requests.Session()
    while time.monotonic() < end:
        measured.time("healthz", partial(session.get, f"{site.url}/healthz", timeout=60))
        memory.append(site.memory_mb())
        time.sleep(0.2)


def main() -> int:
    """Run the drill and print the figures."""
    options = argparse.ArgumentParser()
    options.add_argument("database", choices=("sqlite", "postgresql"), nargs="?", default="sqlite")
    options.add_argument("--seconds", type=float, default=60)
    given = options.parse_args()
    measured, memory = Measurements(), list[float]()
    with tempfile.TemporaryDirectory(prefix="wheelway-hostile-") as folder:
        index = ReplayIndex(recorded=False).start()
        site = start_site(given.database, Path(folder), index.url)
        try:
            end = time.monotonic() + given.seconds
            jobs: list[tuple[Callable[..., None], int]] = [
                (deliver, SENDERS), (read_pages, READERS), (guess, ATTACKERS), (upload, UPLOADERS),
            ]  # fmt: skip
            threads = [
                threading.Thread(target=job, args=(site, measured, end, number))
                for job, count in jobs
                for number in range(count)
            ]
            threads.append(threading.Thread(target=watch, args=(site, measured, end, memory)))
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            time.sleep(5)
            pending = site.pending()
        finally:
            site.stop()
            index.stop()
    for kind in ("delivery", "page", "healthz", "wrong password", "hostile upload"):
        print(measured.line(kind))
    sent, taken = len(measured.seconds["delivery"]), measured.answers["delivery"]["202"]
    print(f"deliveries: {sent} sent, {taken} accepted, {pending} still to be processed")
    print(f"memory: at most {max(memory):,.0f} MB")
    faults = [
        fault
        for fault, is_true in {
            "a delivery was lost": taken != sent,
            "deliveries came slower than they should": sent < 0.95 * DELIVERIES_A_SECOND * given.seconds,
            "/healthz took a second": measured.percentile("healthz", 1.0) > 1,
            "a page took a second at the 95th percentile": measured.percentile("page", 0.95) > 1,
            "memory is not bounded": max(memory) > MEMORY_MB,
        }.items()
        if is_true
    ]
    print("; ".join(faults) or "as it should be")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
