"""The Celery app and the whole schedule.

The schedule only ticks. What is due stands in database rows, so a lost job is found again by the next tick, and
several beats or workers do no harm.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compat_site.settings")

app = Celery("wheelway")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# `expires` keeps ticks from piling up while no worker runs.
app.conf.beat_schedule = {
    "poll the packages that are due": {
        "task": "scanner.tasks.poll_due_packages",
        "schedule": 30.0,
        "options": {"expires": 25},
    },
    "follow indexes by their serials": {
        "task": "scanner.tasks.follow_serials",
        "schedule": 300.0,
        "options": {"expires": 280},
    },
    "settle releases that are quiet": {
        "task": "scanner.tasks.settle_releases",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "keep the counts of polls": {
        "task": "scanner.tasks.keep_tallies",
        "schedule": 600.0,
        "options": {"expires": 500},
    },
    "hand out wheel events": {
        "task": "projects.tasks.dispatch_wheel_events",
        "schedule": 30.0,
        "options": {"expires": 25},
    },
    "assess again what has gone stale": {
        "task": "projects.tasks.reassess_stale",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "queue deliveries again whose message was lost": {
        "task": "projects.tasks.requeue_lost_deliveries",
        "schedule": 300.0,
        "options": {"expires": 280},
    },
}
