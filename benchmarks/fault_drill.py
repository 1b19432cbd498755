"""Poll months of history while workers are killed, servers restart and the index answers with faults.

`python -m benchmarks.fault_drill [--steps N] [--workers N] [--seed N]`

Real PostgreSQL and Redis, real Celery worker processes, and the replay index moving month by month. In every step
workers are killed with SIGKILL or asked to stop at random times, answers have faults of a dozen kinds, PostgreSQL loses
a backend (and with it all connections) and Redis restarts without its queues. A step ends when every package has been
polled since it began. Then one process polls the same history without faults, and the files, releases and events of
both databases are compared. Exits with 1 if they differ.
"""

import argparse
import os
import random
import signal
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from benchmarks.database import database
from benchmarks.drill_parts import PACKAGES, History, Redis, Worker, names
from tests.replay import ReplayIndex, faults
from tests.replay.faults import Fault
from tests.replay.rendering import JSON

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
FAULTS: tuple[Fault, ...] = (
    *(faults.Status(500), faults.Status(503, retry_after=1), faults.Status(429, retry_after=1), faults.Status(404)),
    *(faults.Reset(), faults.Reset(after_bytes=4000), faults.Truncated(), faults.CutQuietly(), faults.Drip(400, 0.001)),
    *(faults.Replace(b"<html>sign in</html>", "text/html; x"), faults.Replace(b"\x00garbage"), faults.Redirect("loop")),
)


def stored() -> dict[str, Counter[tuple[object, ...]]]:
    """Return all facts that both runs must share, without keys and times of polls."""
    from scanner.models import Package, Release, ReleaseFile, WheelEvent

    file = ["filename", "kind", "location", "sha256", "size", "requires_python", "uploaded_at"]
    file += ["yanked", "yanked_reason", "has_metadata", "metadata_sha256"]
    event = ["kind", "filename", "version", "tag_set", "uploaded_at", "detail"]
    release = ["version", "profile__text", "first_uploaded_at", "last_uploaded_at", "unsettled_since"]
    package = ["name", "state", "status", "serial", "newest_release_at"]
    return {
        "packages": Counter(Package.objects.values_list(*package)),
        "releases": Counter(Release.objects.values_list("package__name", *release)),
        "files": Counter(ReleaseFile.objects.values_list("package__name", "release__version", *file)),
        "events": Counter(WheelEvent.objects.values_list("package__name", *event)),
    }


def retrying(work: Callable[[], T]) -> T:
    """Retry a call of the drill itself, which must survive the faults it causes."""
    from django.db import DatabaseError, connection

    while True:
        try:
            return work()
        except DatabaseError:
            connection.close()
            time.sleep(0.1)


class Drill:
    """The installation under test and the trouble it gets."""

    def __init__(self, history: History, redis: Redis, workers: int, chance: random.Random) -> None:
        self.history, self.redis, self.chance = history, redis, chance
        self.counts: Counter[str] = Counter()
        self.workers = [Worker(number) for number in range(workers)]
        self.over = threading.Event()
        self.beats = [threading.Thread(target=self._beat, daemon=True) for _ in range(2)]
        for beat in self.beats:
            beat.start()

    def step(self, number: int, *, trouble: bool) -> float:
        """Move the index, make everything due, and plant faults until every package was polled. Return the seconds."""
        self.history.move_to(number)
        return self.round(f"step {number}", trouble=trouble)

    def round(self, what: str, *, trouble: bool) -> float:
        """Poll all packages. Return the seconds until the last one was polled."""
        from django.utils import timezone

        from scanner.models import Package

        began, begin = timezone.now(), time.monotonic()
        troubled = self.chance.uniform(2, 5) if trouble else 0.0
        retrying(lambda: Package.objects.update(due_at=began, due_reason="drill"))
        while True:
            if time.monotonic() - begin < troubled:
                self.trouble()
            else:
                self.history.index.clear_faults()
            left = retrying(lambda: not_polled_since(began))
            if not left and time.monotonic() - begin >= troubled:
                return time.monotonic() - begin
            # What failed waits a minute or more for its next try; in the drill a cycle is a second.
            late = Package.objects.filter(pk__in=left).exclude(due_at__lte=timezone.now())
            retrying(partial(late.update, due_at=began))
            time.sleep(0.3)
            if time.monotonic() - begin > 240:
                raise SystemExit(f"{what}: {len(left)} packages were not polled within 240 s")

    def trouble(self) -> None:
        """Plant faults of every kind."""
        index, chance = self.history.index, self.chance
        for _ in range(3):
            name = chance.choice(names(index))
            fault = chance.choice([*FAULTS, self._older_page(name)])
            self.counts[f"answers broken by {type(fault).__name__}"] += 1
            index.fail(fault, path=f"/simple/{name}/", times=chance.randint(1, 2))
        if chance.random() < 0.15:
            worker = chance.choice(self.workers)
            worker.kill()
            worker.start()
            self.counts["workers killed with SIGKILL"] += 1
        elif chance.random() < 0.1:
            chance.choice(self.workers).replace()
            self.counts["workers asked to stop with SIGTERM"] += 1
        if chance.random() < 0.02:
            self.redis.stop()
            time.sleep(0.3)
            self.redis.start()
            self.counts["Redis restarts, its queues lost"] += 1
        if chance.random() < 0.03 and retrying(self._kill_backend):
            self.counts["PostgreSQL crashes with recovery"] += 1

    def _older_page(self, name: str) -> Fault:
        page = self.history.index.project(name, JSON, self.history.steps[0].strftime("%Y-%m-%dT00:00:00.000000Z"))
        return faults.Replace(page.body, JSON) if page is not None else faults.Status(502)

    def _kill_backend(self) -> bool:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            pids = [row[0] for row in cursor.fetchall()]
        if pids:
            os.kill(self.chance.choice(pids), signal.SIGKILL)
        return bool(pids)

    def _beat(self) -> None:
        """Queue what is due, as one of two schedulers. Redis or the database may be lost."""
        from django.db import DatabaseError, connection
        from kombu.exceptions import OperationalError

        from scanner.tasks import poll_due_packages

        while not self.over.wait(0.5):
            try:
                poll_due_packages()
            except DatabaseError:
                connection.close()
                self.counts["ticks without a database"] += 1
            except (OperationalError, OSError):
                self.counts["ticks without Redis"] += 1
        connection.close()

    def stop(self) -> None:
        """Stop schedulers and workers. Raises SystemExit if a worker did not end cleanly."""
        self.over.set()
        for beat in self.beats:
            beat.join()
        unwell = [code for worker in self.workers for code in worker.close()]
        if unwell:
            raise SystemExit(f"workers that were asked to stop ended with {unwell}")


def not_polled_since(moment: datetime) -> list[int]:
    """Return the keys of packages without a complete poll since a moment."""
    from django.db.models import Q

    from scanner.models import Package

    polled = Q(checked_at__gte=moment) & (Q(last_error="") | Q(state="missing"))
    return list(Package.objects.exclude(polled).values_list("pk", flat=True))


def watch(index: ReplayIndex) -> None:
    """Store every package of the index, so that it is polled."""
    from django.utils import timezone

    from scanner.services.indexes import get_index
    from scanner.services.packages import ensure_packages

    ensure_packages(get_index().pk, names(index), timezone.now())


def keep_what_is_committed() -> None:
    """Let commits survive a crash of the database, which those of the tests' server may not for half a second."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER SYSTEM SET synchronous_commit = on")
        cursor.execute("SELECT pg_reload_conf()")


def settle() -> None:
    """Settle every release that is due."""
    from django.utils import timezone

    from scanner.services.settle_releases import settle_releases

    while retrying(lambda: settle_releases(timezone.now())):
        pass


def without_faults(url: str, port: int, steps: int) -> dict[str, Counter[tuple[object, ...]]]:
    """Poll the same history in one process without faults. Return what is stored."""
    from django.core.management import call_command
    from django.utils import timezone

    from scanner.index.client import IndexClient
    from scanner.models import Package
    from scanner.services.polling.poll import poll_package

    call_command("flush", interactive=False, verbosity=0)
    with ReplayIndex(only=PACKAGES, port=port) as index:
        history, client = History(index, steps), IndexClient(url)
        for number in range(steps):
            history.move_to(number)
            if number == 0:
                watch(index)
            for pk in Package.objects.order_by("pk").values_list("pk", flat=True):
                poll_package(pk, client, timezone.now())
            settle()
        return stored()


def main(arguments: list[str]) -> int:
    """Run the drill and print the report. Return 0 if both runs stored the same."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fault_drill", description=__doc__)
    parser.add_argument("--steps", type=int, default=24, help="months of history")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    os.environ.update(POLL_CLAIM_SECONDS="8", REDIS_VISIBILITY_TIMEOUT="20", POLL_BATCH="5", POLL_BATCH_SECONDS="5")
    redis, seconds = Redis(), []
    with ReplayIndex(only=PACKAGES) as index, database("postgresql", index_url=index.url, redis_url=redis.url):
        keep_what_is_committed()
        url, port = index.url, int(index.base_url.rpartition(":")[2])
        history = History(index, options.steps)
        history.move_to(0)
        watch(index)
        drill = Drill(history, redis, options.workers, random.Random(options.seed))
        try:
            # The first poll makes no events, so it must be of the first month.
            drill.round("the first fill", trouble=False)
            for number in range(1, options.steps):
                settle()
                seconds.append(drill.step(number, trouble=True))
            after = drill.round("the cycle after the last fault", trouble=False)
            settle()
        finally:
            try:
                drill.stop()
            finally:
                redis.stop()
        index.stop()
        found = stored()
        expected = without_faults(url, port, options.steps)
    print(f"{options.steps} months, {options.workers} workers of 2 processes, 2 schedulers, seed {options.seed}")
    for what, number in sorted(drill.counts.items()):
        print(f"  {number:>5}  {what}")
    print(f"  a troubled step took {statistics.median(seconds):.1f} s, the longest {max(seconds):.1f} s;")
    print(f"  the first cycle after the last fault was complete after {after:.1f} s")
    same = True
    for what, rows in expected.items():
        lacking, surplus = rows - found[what], found[what] - rows
        same = same and not lacking and not surplus
        differences = f"{lacking.total()} of them lacking, {surplus.total()} too many"
        print(f"  {what:9} {rows.total():>7,} without faults, {differences}")
        for row in [*list(lacking)[:3], *list(surplus)[:3]]:
            print(f"      {row}")
    print("  equal" if same else "  NOT EQUAL")
    return 0 if same else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
