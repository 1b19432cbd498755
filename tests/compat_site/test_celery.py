import fnmatch
from datetime import timedelta

import pytest
from celery.exceptions import Reject, SoftTimeLimitExceeded
from django.conf import settings
from django.db import OperationalError
from structlog.contextvars import get_contextvars

from compat_site.celery import IntervalSchedule, app
from scanner.services.shutdown import clear_stop_request, request_stop


def test_the_schedule_names_tasks_that_exist() -> None:
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert scheduled
    assert scheduled <= set(app.tasks)


def test_a_tick_expires_before_the_next_one() -> None:
    for entry in app.conf.beat_schedule.values():
        assert entry["options"]["expires"] < entry["schedule"].seconds


def test_every_route_leads_from_a_task_to_a_queue_that_workers_read() -> None:
    app.loader.import_default_modules()
    queues = {queue.name for queue in settings.CELERY_TASK_QUEUES}
    for pattern, route in settings.CELERY_TASK_ROUTES.items():
        assert fnmatch.filter(app.tasks, pattern), pattern
        assert route["queue"] in queues


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(days=3 * 365)], ids=["an hour", "3 years"])
def test_the_schedule_ticks_on_after_a_clock_that_jumped_was_set_back(jump: timedelta) -> None:
    every = IntervalSchedule(30.0, app=app)
    now = every.now()
    assert not every.is_due(now).is_due
    assert every.is_due(now - timedelta(seconds=31)).is_due
    # Beat keeps the moment of the last tick in a file, so that a restart would not help.
    assert every.is_due(now + jump) == (True, 30)


def test_every_task_names_itself_to_the_lines_that_are_logged_inside() -> None:
    app.loader.import_default_modules()

    @app.task(name="tests.facts", shared=False)
    def facts() -> dict[str, object]:
        return get_contextvars()

    assert facts.apply(task_id="7").get() == {"task": "tests.facts", "task_id": "7"}
    assert get_contextvars() == {}


@pytest.mark.parametrize("stops", [True, False])
def test_a_job_cut_short_goes_back_into_the_queue_only_when_its_worker_stops(stops: bool) -> None:
    @app.task(name=f"tests.long-{stops}", shared=False)
    def long() -> None:
        if stops:
            request_stop()
        raise SoftTimeLimitExceeded

    try:
        with pytest.raises(Reject if stops else SoftTimeLimitExceeded):
            long()
    finally:
        clear_stop_request()


def test_a_lost_database_is_one_line_and_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    @app.task(name="tests.lost", shared=False)
    def lost() -> None:
        raise OperationalError("no such\nserver")

    with pytest.raises(OperationalError):
        lost()
    (record,) = caplog.records
    assert (record.getMessage(), record.exc_info) == ("the database cannot be used: no such server", None)
    assert OperationalError in lost.throws
