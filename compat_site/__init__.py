"""Wiring only: settings, checks, the Celery app, URLs and the embedded server."""
