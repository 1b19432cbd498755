"""What every job has beside its work: its name on each log line, an end in time when its worker stops, and one clear
line when the database is away."""

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

# A job ends by itself well before, when it is told that its worker stops. One that hangs is cut short then: in time
# for it to give its work back before a service manager loses patience (docker-compose.yml waits 40 s).
CUT_SHORT_AFTER = 20.0


class Job(Task[..., Any]):
    """The base of all tasks."""

    # Told below in one line; the next tick or a retry does the work.
    throws = (OperationalError, InterfaceError)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the job; a worker that stops before its end puts it back into the queue for another one."""
        # Called by hand it has no id.
        run = {"task_id": self.request.id} if self.request.id else {}
        with bound_contextvars(task=self.name, **run):
            try:
                return super().__call__(*args, **kwargs)
            except SoftTimeLimitExceeded as error:
                if not stop_requested():
                    logger.exception("cut short by its time limit")
                    raise
                logger.warning("cut short because its worker stops; it goes back into the queue")
                raise Reject("its worker stops", requeue=True) from error
            except self.throws as error:
                logger.error("the database cannot be used: %s", " ".join(str(error).split()))  # noqa: TRY400  one line
                raise


def stop_worker(**_: Any) -> None:
    """Tell the jobs of this worker to end, and see to it that they do. Called when it begins to shut down."""
    request_stop()
    hurry = threading.Timer(CUT_SHORT_AFTER, _cut_short)
    hurry.daemon = True
    hurry.start()


def _cut_short() -> None:
    """Raise SoftTimeLimitExceeded in every child that works, as a time limit would."""
    from celery.worker import state

    for request in tuple(state.active_requests):
        if request.worker_pid and request.worker_pid != os.getpid():
            os.kill(request.worker_pid, signal.SIGUSR1)
