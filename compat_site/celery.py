"""The Celery app and its schedule.

Each entry is a tick: the database says what is due, so the next tick repeats a lost job, and more than one beat or
worker does no harm.
"""

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from celery import Celery
from celery.schedules import schedstate, schedule
from celery.signals import worker_shutting_down

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compat_site.settings")


class WheelwayCelery(Celery):
    """An app whose tasks another process may queue: a web server without a broker passes them to the one with jobs."""

    relay: Callable[[str, Sequence[object]], None] | None = None

    def send_task(self, name: str, args: Sequence[object] | None = None, *rest: Any, **options: Any) -> Any:
        """Queue a task here, or through the relay."""
        if self.relay is not None:
            return self.relay(name, args or ())
        return super().send_task(name, args, *rest, **options)


def make_app(*, is_current: bool = True) -> WheelwayCelery:
    """Return an app with the settings and tasks of this installation.

    A process with several workers needs one for each: an app consumes one set of queues.
    """
    made = WheelwayCelery("wheelway", task_cls="compat_site.jobs:Job", set_as_current=is_current)
    made.config_from_object("django.conf:settings", namespace="CELERY")
    made.autodiscover_tasks()
    return made


app = make_app()


@worker_shutting_down.connect(weak=False)
def _stop_worker(**about: Any) -> None:
    from compat_site.jobs import stop_worker

    stop_worker()


class IntervalSchedule(schedule):
    """An interval in seconds after the last run.

    Beat stores the last run in its file. One in the future was written by a clock that jumped, and does not count.
    """

    def is_due(self, last_run_at: datetime) -> schedstate:
        """Return whether the entry is due, and in how many seconds to check again."""
        if self.maybe_make_aware(last_run_at) > self.maybe_make_aware(self.now()):
            return schedstate(is_due=True, next=self.seconds)
        return super().is_due(last_run_at)


# `expires` keeps ticks from piling up while no worker runs.
app.conf.beat_schedule = {
    "poll the packages that are due": {
        "task": "scanner.tasks.poll_due_packages",
        "schedule": IntervalSchedule(30.0),
        "options": {"expires": 25},
    },
    "follow indexes by their serials": {
        "task": "scanner.tasks.follow_serials",
        "schedule": IntervalSchedule(300.0),
        "options": {"expires": 280},
    },
    "settle releases without recent uploads": {
        "task": "scanner.tasks.settle_releases",
        "schedule": IntervalSchedule(60.0),
        "options": {"expires": 50},
    },
    "renew offers stored for another catalogue of targets": {
        "task": "scanner.tasks.renew_profiles",
        "schedule": IntervalSchedule(600.0),
        "options": {"expires": 500},
    },
    "keep all releases of a package in one row": {
        "task": "scanner.tasks.pack_releases",
        "schedule": IntervalSchedule(600.0),
        "options": {"expires": 500},
    },
    "read links that were not kept with the metadata": {
        "task": "scanner.tasks.fill_links",
        "schedule": IntervalSchedule(600.0),
        "options": {"expires": 500},
    },
    "store the counts of polls": {
        "task": "scanner.tasks.keep_stats",
        "schedule": IntervalSchedule(600.0),
        "options": {"expires": 500},
    },
    "repair times that were set by a clock that jumped": {
        "task": "scanner.tasks.repair_times",
        "schedule": IntervalSchedule(300.0),
        "options": {"expires": 280},
    },
    "purge deleted projects": {
        "task": "projects.tasks.purge_deleted_projects",
        "schedule": IntervalSchedule(3600.0),
        "options": {"expires": 3500},
    },
    "dispatch wheel events": {
        "task": "projects.tasks.dispatch_wheel_events",
        "schedule": IntervalSchedule(30.0),
        "options": {"expires": 25},
    },
    "announce changes to endpoints": {
        "task": "projects.tasks.announce_changes",
        "schedule": IntervalSchedule(30.0),
        "options": {"expires": 25},
    },
    "assess stale projects again": {
        "task": "projects.tasks.reassess_stale",
        "schedule": IntervalSchedule(60.0),
        "options": {"expires": 50},
    },
    "queue deliveries again whose message or worker was lost": {
        "task": "projects.tasks.requeue_lost_deliveries",
        "schedule": IntervalSchedule(15.0),
        "options": {"expires": 14},
    },
    "check branches whose pushes may have been lost": {
        "task": "projects.tasks.check_branches",
        "schedule": IntervalSchedule(60.0),
        "options": {"expires": 50},
    },
}
