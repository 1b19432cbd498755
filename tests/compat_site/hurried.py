"""The product's Celery app, less patient: what waits for seconds in production waits for moments in tests."""

import django

from compat_site import jobs
from compat_site.celery import app

django.setup()
from scanner import tasks  # noqa: E402  its models need Django

__all__ = ["app"]

jobs.INTERRUPT_AFTER = 0.5
tasks.RETRY_AFTER = 1
app.conf.broker_transport_options = {**app.conf.broker_transport_options, "unacked_restore_interval": 1}
