"""The product's Celery app, less patient: what waits for seconds in production waits for moments in tests."""

import os
from datetime import timedelta

import django

from compat_site import jobs
from compat_site.celery import app

django.setup()
from projects.models import repository  # noqa: E402  models need Django
from projects.services import renewal  # noqa: E402
from scanner import tasks  # noqa: E402

__all__ = ["app"]

jobs.INTERRUPT_AFTER = 0.5
tasks.RETRY_AFTER = 1
# Claims of deliveries that end sooner, and are renewed as much more often.
if seconds := os.environ.get("TESTS_CLAIM_HOLDS"):
    holds = timedelta(seconds=float(seconds))
    renewal._RENEW_EVERY *= holds / repository.CLAIM_HOLDS
    repository.CLAIM_HOLDS = holds
app.conf.broker_transport_options = {**app.conf.broker_transport_options, "unacked_restore_interval": 1}
