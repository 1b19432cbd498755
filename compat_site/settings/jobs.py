"""Jobs. Without variables: a broker in memory, in one process. The schedule is in compat_site/celery.py."""

from typing import Any

from django.utils.functional import SimpleLazyObject

from compat_site.env import env
from compat_site.settings.installation import REDIS_URL


def _queues(*names: str) -> tuple[Any, ...]:
    # Importing Kombu takes a twentieth of a second, which commands that queue nothing should not spend.
    from kombu import Queue

    return tuple(Queue(name) for name in names)


CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TIMEZONE = "UTC"
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        # Longer than the hard time limit and than any countdown; otherwise a running job is delivered twice.
        "visibility_timeout": env.int("REDIS_VISIBILITY_TIMEOUT", default=900),
        # By default jobs of dead workers are restored every 100 seconds.
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
    }
else:
    # By default the worker sleeps a second after each empty poll.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.05}
# `interactive` holds short jobs that users and pushes wait for. Those of `searches` may take minutes; they also read
# what is too large for a page. `polling` may hold thousands of packages.
CELERY_TASK_QUEUES = SimpleLazyObject(lambda: _queues("interactive", "searches", "polling", "alerts"))
CELERY_TASK_DEFAULT_QUEUE = "interactive"
CELERY_TASK_ROUTES = {
    "scanner.tasks.*": {"queue": "polling"},
    "projects.tasks.dispatch_wheel_events": {"queue": "alerts"},
    "projects.tasks.send_alert": {"queue": "alerts"},
    "projects.tasks.announce_changes": {"queue": "alerts"},
    "projects.tasks.deliver_message": {"queue": "alerts"},
    "projects.tasks.continue_assessment": {"queue": "searches"},
    "projects.tasks.read_submission": {"queue": "searches"},
    "projects.tasks.read_wheels": {"queue": "searches"},
    "projects.tasks.read_modules": {"queue": "searches"},
    "projects.tasks.audit_archive": {"queue": "searches"},
    "projects.tasks.audit_source": {"queue": "searches"},
    "projects.tasks.reassess_stale": {"queue": "polling"},
    "projects.tasks.purge_deleted_projects": {"queue": "polling"},
    "projects.tasks.check_branches": {"queue": "polling"},
}
