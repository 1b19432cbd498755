"""The Celery app and the whole schedule.

The schedule only ticks. What is due stands in database rows, so a lost job is found again by the next tick, and
several beats or workers do no harm.
"""

import os
from datetime import datetime
from typing import Any

from celery import Celery
from celery.schedules import schedstate, schedule
from celery.signals import worker_shutting_down

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compat_site.settings")

app = Celery("wheelway", task_cls="compat_site.jobs:Job")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_shutting_down.connect(weak=False)
def _stop_worker(**about: Any) -> None:
    from compat_site.jobs import stop_worker

    stop_worker()


class Every(schedule):
    """So many seconds after the last time. A last time that is still to come was noted by a clock that jumped: beat
    keeps it in its file, and would wait for it."""

    def is_due(self, last_run_at: datetime) -> schedstate:
        """Whether to tick, and in how many seconds to ask again."""
        if self.maybe_make_aware(last_run_at) > self.maybe_make_aware(self.now()):
            return schedstate(is_due=True, next=self.seconds)
        return super().is_due(last_run_at)


# `expires` keeps ticks from piling up while no worker runs.
app.conf.beat_schedule = {
    "poll the packages that are due": {
        "task": "scanner.tasks.poll_due_packages",
        "schedule": Every(30.0),
        "options": {"expires": 25},
    },
    "follow indexes by their serials": {
        "task": "scanner.tasks.follow_serials",
        "schedule": Every(300.0),
        "options": {"expires": 280},
    },
    "settle releases that are quiet": {
        "task": "scanner.tasks.settle_releases",
        "schedule": Every(60.0),
        "options": {"expires": 50},
    },
    "keep the counts of polls": {
        "task": "scanner.tasks.keep_stats",
        "schedule": Every(600.0),
        "options": {"expires": 500},
    },
    "mend what a clock that jumped has put off": {
        "task": "scanner.tasks.repair_times",
        "schedule": Every(300.0),
        "options": {"expires": 280},
    },
    "hand out wheel events": {
        "task": "projects.tasks.dispatch_wheel_events",
        "schedule": Every(30.0),
        "options": {"expires": 25},
    },
    "assess again what has gone stale": {
        "task": "projects.tasks.reassess_stale",
        "schedule": Every(60.0),
        "options": {"expires": 50},
    },
    "queue deliveries again whose message was lost": {
        "task": "projects.tasks.requeue_lost_deliveries",
        "schedule": Every(300.0),
        "options": {"expires": 280},
    },
    "look at branches whose pushes may have been lost": {
        "task": "projects.tasks.check_branches",
        "schedule": Every(60.0),
        "options": {"expires": 50},
    },
}
