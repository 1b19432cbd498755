"""Logs: a line of key=value for each record, on standard error."""

from compat_site.env import env
from compat_site.settings.installation import DATA_DIR

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
# Where `manage.py run` writes them: its terminal shows the sign-in link. "-" is standard error.
RUN_LOG = env.str("WHEELWAY_LOG", default=str(DATA_DIR / "wheelway.log"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"key_value": {"()": "compat_site.logs.KeyValueFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "key_value"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # Django's own handlers would write each record a second time, in another format.
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "django.server": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        # These log a line for each task received and each task done.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "waitress.queue": {"level": "ERROR"},
        # At DEBUG this would log each statement with its parameters, which may be secrets.
        "django.db.backends": {"level": "INFO"},
    },
}
