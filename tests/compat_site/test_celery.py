import fnmatch

from django.conf import settings

from compat_site.celery import app


def test_the_schedule_names_tasks_that_exist() -> None:
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert scheduled
    assert scheduled <= set(app.tasks)


def test_a_tick_expires_before_the_next_one() -> None:
    for entry in app.conf.beat_schedule.values():
        assert entry["options"]["expires"] < entry["schedule"]


def test_every_route_leads_from_a_task_to_a_queue_that_workers_read() -> None:
    app.loader.import_default_modules()
    queues = {queue.name for queue in settings.CELERY_TASK_QUEUES}
    for pattern, route in settings.CELERY_TASK_ROUTES.items():
        assert fnmatch.filter(app.tasks, pattern), pattern
        assert route["queue"] in queues
