"""The base of all tasks: log context, an end in time when the worker stops, and one log line for a lost database."""

from __future__ import annotations

import logging
import os
import signal
import threading
from typing import Any

from celery import Task
from celery.exceptions import Reject, SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError
from structlog.contextvars import bound_contextvars

from scanner.services.shutdown import request_stop, stop_requested

logger = logging.getLogger(__name__)

# Seconds. A job that is asked to stop ends well before. One that hangs is interrupted then, so that it can release its
# work before a service manager kills the worker (docker-compose.yml waits 40 s).
INTERRUPT_AFTER = 20.0


class Job(Task[..., Any]):
    """The base of all tasks."""

    # Logged below in one line; the next tick or a retry does the work.
    throws = (OperationalError, InterfaceError)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task. If its worker stops before the end, it goes back into the queue for another worker."""
        # A direct call has no id.
        run = {"task_id": self.request.id} if self.request.id else {}
        with bound_contextvars(task=self.name, **run):
            try:
                return super().__call__(*args, **kwargs)
            except SoftTimeLimitExceeded as error:
                if not stop_requested():
                    logger.exception("interrupted by its time limit")
                    raise
                logger.warning("interrupted because its worker stops; it goes back into the queue")
                raise Reject("its worker stops", requeue=True) from error
            except self.throws as error:
                logger.error("the database cannot be used: %s", " ".join(str(error).split()))  # noqa: TRY400  one line
                raise


def stop_worker(**_: Any) -> None:
    """Ask the jobs of this worker to stop, and interrupt those that do not. Called when it begins to shut down."""
    request_stop()
    timer = threading.Timer(INTERRUPT_AFTER, _interrupt_jobs)
    timer.daemon = True
    timer.start()


def _interrupt_jobs() -> None:
    """Raise SoftTimeLimitExceeded in every child that runs a job, as a time limit would."""
    from celery.worker import state

    for request in tuple(state.active_requests):
        if request.worker_pid and request.worker_pid != os.getpid():
            os.kill(request.worker_pid, signal.SIGUSR1)
