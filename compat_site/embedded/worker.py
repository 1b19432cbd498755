"""The process of the jobs: `python -m compat_site.embedded.worker`, which only `manage.py run` starts.

It runs below the priority of the pages. The web server writes into its standard input what to queue, a line of JSON for
each job. When that ends without a signal, the web server was killed: it ends at once then, as if killed itself.
"""

from __future__ import annotations

import fcntl
import gc
import json
import logging
import os
import signal
import sys
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import IO

logger = logging.getLogger(__name__)

# Below pages and webhooks, above the children that read what others send.
NICE = 5
# A job that runs longer than this after a signal is abandoned: the next start finds it again in the database.
STOP_SECONDS = 10.0
# The exit code then.
ABANDONED = 3
# Seconds.
_LOOK_EVERY = 1.0


def main() -> None:
    """Take over what the last process left, and run jobs until a signal arrives."""
    options = ArgumentParser()
    options.add_argument("--log", type=Path)
    given = options.parse_args()
    # A terminal sends Ctrl-C to both processes.
    signal.signal(signal.SIGINT, _stop)
    signal.signal(signal.SIGTERM, _stop)
    os.nice(NICE)
    # As in manage.py.
    gc.disable()
    # The web server has made them. Celery would make them for each worker, and load every page for them.
    os.environ["CELERY_SKIP_CHECKS"] = "1"
    import django
    from django.conf import settings

    from compat_site.logs import write_log_to

    django.setup()
    if given.log is not None:
        write_log_to(given.log, rotates=True)
    # The process of a web server that was killed may need a moment to notice.
    with _lock(settings.DATA_DIR):
        if not settings.REDIS_URL:
            _take_over()
        _run(sys.stdin)


def _stop(number: int, frame: FrameType | None) -> None:
    from scanner.services.shutdown import request_stop, stop_requested

    # After Ctrl-C in a terminal comes the web server's own signal, which must not break off the wait for the jobs. To
    # ignore signals from here on would print a traceback where the second one has arrived by now.
    if stop_requested():
        return
    # Jobs in hand end soon and release what they hold.
    request_stop()
    raise SystemExit(0)


def _lock(data_dir: Path) -> IO[str]:
    handle = (data_dir / "jobs.lock").open("a", encoding="utf-8")
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def _take_over() -> None:
    """Release what the last process claimed, and queue what it left: its queue is lost."""
    from projects.services.submissions import give_back_submissions
    from projects.services.webhooks.process import give_back as give_back_deliveries

    release_claims()
    give_back_deliveries()
    give_back_submissions()


def release_claims() -> None:
    """Release every poll and assessment that is claimed. Only where no other process runs jobs."""
    from projects.services.snapshots import release_claims as release_assessments
    from scanner.services.polling.claims import clear_claims

    clear_claims()
    release_assessments()


def _run(lines: Iterable[str]) -> None:
    from django.db import connections

    from compat_site.celery import app
    from compat_site.embedded.jobs import EmbeddedJobs
    from scanner.services.shutdown import stop_requested

    def queue() -> None:
        for line in lines:
            name, arguments = json.loads(line)
            app.send_task(name, arguments)
        os._exit(1)

    # The threads of the jobs have their own.
    connections.close_all()
    jobs = EmbeddedJobs(app)
    try:
        jobs.start()
        threading.Thread(target=queue, name="jobs-queue", daemon=True).start()
        # The exception of the signal's handler is lost where it arrives within a callback whose exceptions are ignored.
        while not stop_requested():
            time.sleep(_LOOK_EVERY)
    finally:
        logger.info("asked to stop; jobs in hand end soon")
        # A thread whose job still runs would keep the interpreter alive.
        os._exit(0 if jobs.stop(STOP_SECONDS) else ABANDONED)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compat_site.settings")
    main()
