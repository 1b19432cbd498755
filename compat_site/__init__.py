"""The Django project: settings, checks, the Celery app, URLs and the embedded server."""
