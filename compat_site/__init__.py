"""Wiring only: settings, checks, the Celery app, URLs and the embedded server."""

from compat_site.celery import app as celery_app

__all__ = ["celery_app"]
