"""Two Celery workers and beat in threads of one process, for `manage.py run`.

One worker runs only what users wait for, so that a long search or many polls never keep a paste waiting. The workers
run the tasks of the same app as in production. The queue of the in-memory broker is lost with the process; the schedule
finds unfinished work in the database again.
"""

from __future__ import annotations

import sys
import threading

from celery import Celery
from celery.beat import Scheduler, Service
from celery.worker import WorkController

from compat_site.celery import make_app
from compat_site.embedded import SWITCH_SECONDS

# The queues of each worker, and how many jobs it runs at once.
WORKERS = (("interactive", 4), ("searches,polling,alerts", 4))


class EmbeddedJobs:
    """The workers and beat in threads of this process."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        # Not celery.apps.worker.Worker, which installs signal handlers; those belong to the main thread.
        self._workers = [
            WorkController(
                app=make_app(is_current=False),
                pool="threads",
                concurrency=threads,
                queues=queues,
                hostname=f"{queues.partition(',')[0]}@localhost",
                without_heartbeat=True,
                without_mingle=True,
                without_gossip=True,
            )
            for queues, threads in WORKERS
        ]
        self._beat = Service(app, scheduler_cls=Scheduler, max_interval=5)
        self._threads = [
            *(threading.Thread(target=one.start, name="celery-worker", daemon=True) for one in self._workers),
            threading.Thread(target=self._beat.start, name="celery-beat", daemon=True),
        ]

    def start(self) -> None:
        """Start them, and run every entry of the schedule once now."""
        sys.setswitchinterval(SWITCH_SECONDS)
        for thread in self._threads:
            thread.start()
        for entry in self._app.conf.beat_schedule.values():
            self._app.send_task(entry["task"])

    def stop(self, seconds: float) -> bool:
        """Accept no new job and wait for the running ones. Return False if some still run after `seconds`."""
        stopping = threading.Thread(target=self._stop, name="celery-stop", daemon=True)
        stopping.start()
        stopping.join(seconds)
        return not stopping.is_alive()

    def _stop(self) -> None:
        self._beat.stop()
        for worker in self._workers:
            worker.stop()
        for thread in self._threads:
            thread.join()
