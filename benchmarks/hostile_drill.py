"""A minute under attack: `python -m benchmarks.hostile_drill [sqlite|postgresql] [--seconds 60]`.

Deliveries alone, at twice the rate into one web process: `… --only delivery --rate 200 --seconds 30 --web 1`.

Hostile uploads, wrong passwords, 100 signed deliveries a second and ten readers at once, against the embedded server
on SQLite, or gunicorn with a worker on PostgreSQL and Redis. The followed branch is served by git's own http-backend.
Exits with 1 if a delivery is lost or worked on twice, /healthz takes a second, a page takes a second at the 95th
percentile, or memory is not bounded.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from benchmarks.hostile_load import (
    DELIVERIES_A_SECOND,
    HOST_PATIENCE,
    SENDERS_OF,
    Sample,
    Victim,
    followed_pushes,
    send_all,
)
from benchmarks.hostile_site import Deliveries, Site, start_site
from tests.hosting.git_server import GitServer, git_server
from tests.replay import ReplayIndex

MEMORY_MB = 3000
# How often the memory of all processes is added up, which costs some time itself.
LOOK_EVERY = 1.0
# How long after the attack the deliveries in hand may take, and how often to look whether they are done.
SETTLE_SECONDS = 120.0
LOOK_AGAIN_AFTER = 0.5


def attack(site: Site, seconds: float, kinds: Sequence[str]) -> tuple[dict[str, Sample], float, float]:
    """Send everything at once. Return the samples, the processor time of the load, and the most memory in MB."""
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(sum(SENDERS_OF[kind][1] for kind in kinds) + 1)
    with context.Pool(len(kinds), _keep, (start,)) as pool:
        work = [pool.apply_async(_send, (kind, site.victim, seconds)) for kind in kinds]
        start.wait()
        memory, end = 0.0, time.monotonic() + seconds
        site.begin()
        while time.monotonic() < end:
            memory = max(memory, site.memory_mb())
            time.sleep(LOOK_EVERY)
        site.end()
        results = [one.get() for one in work]
    samples = {kind: sample for kind, (sample, _) in zip(kinds, results, strict=True)}
    return samples, sum(used for _, used in results), memory


def settle(site: Site) -> Deliveries:
    """Wait until no delivery waits, but not for ever. Return what became of all."""
    end = time.monotonic() + SETTLE_SECONDS
    while (found := site.deliveries()).waiting and time.monotonic() < end:
        time.sleep(LOOK_AGAIN_AFTER)
    return found


def push_commits(host: GitServer, count: int) -> tuple[str, ...]:
    """Push so many commits to the followed branch, each with another requirement. Return them, oldest first."""
    stream = []
    for number in range(count):
        content = f"numpy>=1.{number}\n"
        stream += ["commit refs/heads/main", f"committer Alice <alice@team.example> {number} +0000", "data 0"]
        stream += ["M 100644 inline requirements.txt", f"data {len(content)}", content]
    host.bare("fast-import", "--quiet", stdin="\n".join(stream).encode())
    return tuple(host.bare("rev-list", "--reverse", "main").split())


def _keep(start: object) -> None:
    # A barrier reaches a process of a pool only when the process begins.
    globals()["_start"] = start


def _send(kind: str, victim: Victim, seconds: float) -> tuple[Sample, float]:
    return send_all(kind, victim, seconds, globals()["_start"])


def percentile(sample: Sample, share: float) -> float:
    """Return a percentile of the latencies."""
    ordered = sorted(sample.seconds) or [0.0]
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def line(kind: str, sample: Sample) -> str:
    """Return the figures of one kind."""
    p50, p95, most = (percentile(sample, share) for share in (0.5, 0.95, 1.0))
    answers = ", ".join(f"{status}: {count}" for status, count in sorted(Counter(sample.answers).items()))
    return f"{kind:16} {len(sample.seconds):6} requests  p50 {p50:6.3f}  p95 {p95:6.3f}  max {most:6.3f}   {answers}"


def main() -> int:
    """Run the drill and print the figures."""
    options = argparse.ArgumentParser()
    options.add_argument("database", choices=("sqlite", "postgresql"), nargs="?", default="sqlite")
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--only", choices=SENDERS_OF, nargs="+", default=list(SENDERS_OF), help="kinds of requests")
    options.add_argument("--rate", type=float, default=DELIVERIES_A_SECOND, help="deliveries a second")
    options.add_argument("--web", type=int, default=2, help="web processes of gunicorn")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="wheelway-hostile-") as folder:
        index = ReplayIndex(recorded=False).start()
        with git_server(Path(folder)) as host:
            commits = push_commits(host, followed_pushes(given.rate, given.seconds))
            site = start_site(given.database, Path(folder), index.url, host.url, given.web)
            site.victim = replace(site.victim, commits=commits, deliveries_a_second=given.rate)
            try:
                samples, load, memory = attack(site, given.seconds, given.only)
                ended = time.monotonic()
                found = settle(site)
                settled = time.monotonic() - ended
            finally:
                site.stop()
                index.stop()
    for kind, sample in samples.items():
        print(line(kind, sample))
    deliveries, healthz, pages = (samples.get(kind, Sample()) for kind in ("delivery", "healthz", "page"))
    sent, taken = len(deliveries.seconds), deliveries.answers.count("202")
    closed = sum(of_all for _, of_all, _ in found.closed.values())
    states = ", ".join(f"{of_all} {state}" for state, (_, of_all, _) in found.closed.items())
    print(f"deliveries: {sent} sent, {taken} accepted; {found.stored} to the followed branch: {states}")
    print(f"the last was done {settled:.0f} s after the end")
    print(f"memory: at most {memory:,.0f} MB")
    used = {**site.processor_seconds, "the load": load}
    print("processor seconds:", ", ".join(f"{what} {seconds:.1f}" for what, seconds in used.items()))
    faults = [
        fault
        for fault, is_true in {
            "a delivery was lost": taken != sent,
            "a delivery took longer than hosts wait": percentile(deliveries, 1.0) > HOST_PATIENCE,
            "a delivery was not worked on": "delivery" in samples and closed < found.stored,
            "a delivery was worked on twice": any(
                times > of_all or attempts > 1 for times, of_all, attempts in found.closed.values()
            ),
            "deliveries came slower than they should": "delivery" in samples
            and sent < 0.99 * given.rate * given.seconds,
            "/healthz took a second": percentile(healthz, 1.0) > 1,
            "a page took a second at the 95th percentile": percentile(pages, 0.95) > 1,
            "memory is not bounded": memory > MEMORY_MB,
        }.items()
        if is_true
    ]
    print("; ".join(faults) or "as it should be")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
