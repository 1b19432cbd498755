"""A Celery app with the product's settings and one job that can be watched and held; test_redis.py runs workers of it.

The settings' sweep for jobs of dead workers comes every ten seconds; here every second, to spare the tests the wait.
"""

import os

import django
import redis

from compat_site.celery import app

django.setup()
app.conf.broker_transport_options = {**app.conf.broker_transport_options, "unacked_restore_interval": 1}


@app.task(name="tests.hold")
def hold() -> None:
    """Say which process runs this, wait for the word, and say that it is done."""
    client = redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=None)
    client.rpush("hold:started", os.getpid())
    client.blpop(["hold:go"], timeout=600)
    client.rpush("hold:done", os.getpid())
    client.close()
