"""The settings of every installation. All differences come from environment variables.

README.md lists the variables. A variable NAME may be given as NAME_FILE, the path of a file with the value.
"""

import socket
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import SimpleLazyObject

from compat_site.env import embedded_secret_key, env
from projects.domain.request_rate import RequestRate


def _queues(*names: str) -> tuple[Any, ...]:
    # Importing Kombu takes a twentieth of a second, which commands that queue nothing should not spend.
    from kombu import Queue

    return tuple(Queue(name) for name in names)


BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("WHEELWAY_DATA", default=str(BASE_DIR / "var"))).expanduser().resolve()
DEBUG = env.bool("DEBUG", default=False)

# --- Database and broker. Without variables: SQLite and an in-memory broker, in one process.
DATABASE_URL = env.str("DATABASE_URL", default="")
REDIS_URL = env.str("REDIS_URL", default="")
EMBEDDED = not DATABASE_URL and not REDIS_URL

SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if not EMBEDDED:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. An installation with DATABASE_URL or REDIS_URL needs its own: set SECRET_KEY, or "
            "SECRET_KEY_FILE to the path of a file with it. `python -c 'import secrets; "
            "print(secrets.token_urlsafe(48))'` creates one."
        )
    SECRET_KEY = embedded_secret_key(DATA_DIR)

DATABASES: dict[str, dict[str, Any]] = {}
if DATABASE_URL:
    DATABASES["default"] = env.db_url("DATABASE_URL")
    if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://; leave it out for SQLite.")
    # The directory of a Unix socket is percent-encoded in the place of the host.
    DATABASES["default"]["HOST"] = unquote(DATABASES["default"]["HOST"])
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": env.int("DATABASE_POOL_MIN", default=1),
        "max_size": env.int("DATABASE_POOL_MAX", default=16),
        "timeout": 10,
    }
else:
    DATABASES["default"] = {
        "ENGINE": "compat_site.sqlite",
        "NAME": DATA_DIR / "wheelway.sqlite3",
        # Opening a file and reading its schema takes longer than most pages read.
        "CONN_MAX_AGE": None,
        # A deferred transaction that starts to write fails at once if another one wrote in between, whatever the
        # timeout. An immediate transaction waits.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
        },
        # A file as in production: in memory, threads share one cache and fail where a file lets them wait.
        "TEST": {"NAME": DATA_DIR / "test.sqlite3"},
    }
# On SQLite every atomic block takes the write lock, so a request that only reads must not open one.
DATABASES["default"]["ATOMIC_REQUESTS"] = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Jobs. The schedule is in compat_site/celery.py.
CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TIMEZONE = "UTC"
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        # Longer than the hard time limit and than any countdown; otherwise a running job is delivered twice.
        "visibility_timeout": env.int("REDIS_VISIBILITY_TIMEOUT", default=900),
        # By default jobs of dead workers are restored every 100 seconds.
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
    }
else:
    # By default the worker sleeps a second after each empty poll.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.05}
# `interactive` holds short jobs that users wait for; those of `searches` may take minutes, `polling` may hold
# thousands of packages.
CELERY_TASK_QUEUES = SimpleLazyObject(lambda: _queues("interactive", "searches", "polling", "alerts"))
CELERY_TASK_DEFAULT_QUEUE = "interactive"
CELERY_TASK_ROUTES = {
    "scanner.tasks.*": {"queue": "polling"},
    "projects.tasks.dispatch_wheel_events": {"queue": "alerts"},
    "projects.tasks.send_alert": {"queue": "alerts"},
    "projects.tasks.continue_assessment": {"queue": "searches"},
    "projects.tasks.reassess_stale": {"queue": "polling"},
    "projects.tasks.purge_deleted_projects": {"queue": "polling"},
    "projects.tasks.requeue_lost_deliveries": {"queue": "polling"},
    "projects.tasks.check_branches": {"queue": "polling"},
}

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# --- Addresses.
HOST = env.str("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
SITE_ROOT = env.str("SITE_ROOT", default="").rstrip("/")
_LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
if SITE_ROOT:
    ALLOWED_HOSTS = [urlsplit(SITE_ROOT).hostname or ""]
    CSRF_TRUSTED_ORIGINS = [SITE_ROOT]
else:
    ALLOWED_HOSTS = []
    CSRF_TRUSTED_ORIGINS = []
if EMBEDDED:
    ALLOWED_HOSTS += [*_LOCAL_HOSTS, HOST, socket.gethostname()]
ALLOWED_HOSTS += env.list("ALLOWED_HOSTS", default=[])
# The beginning of links in e-mails and on the terminal.
PUBLIC_URL = SITE_ROOT or f"http://{'127.0.0.1' if HOST in ('0.0.0.0', '::') else HOST}:{PORT}"  # noqa: S104  compared with

# --- Security. The content security policy allows no inline script or style, and nothing from another site.
HTTPS = SITE_ROOT.startswith("https://")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.bool("HSTS_SUBDOMAINS", default=False)
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = env.int("UPLOAD_MAX_BYTES", default=5 * 1024 * 1024)
# The setting above does not count uploaded files; forms check them against this one.
UPLOAD_MAX_BYTES = DATA_UPLOAD_MAX_MEMORY_SIZE
FILE_UPLOAD_MAX_MEMORY_SIZE = DATA_UPLOAD_MAX_MEMORY_SIZE
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 50

# --- Work on what others send, in child processes. Processor time for one set of files, memory of a child, and how many
# children a process of this installation may run.
WHEELWAY_READ_SECONDS = env.float("WHEELWAY_READ_SECONDS", default=20.0)
# A page waits for so long; then a job goes on reading.
WHEELWAY_PAGE_READ_SECONDS = env.float("WHEELWAY_PAGE_READ_SECONDS", default=2.0)
WHEELWAY_READ_MEMORY_MB = env.int("WHEELWAY_READ_MEMORY_MB", default=768)
WHEELWAY_READ_PROCESSES = env.int("WHEELWAY_READ_PROCESSES", default=2)

# How often a request may be made that costs much, as REQUESTS/SECONDS; 0/1 is no limit.
WHEELWAY_REQUEST_LIMITS = {
    name: RequestRate.parse(env.str(variable, default=rate))
    for name, variable, rate in (
        ("sign-in, by address", "LIMIT_SIGN_IN_ADDRESS", "10/300"),
        ("sign-in, by account", "LIMIT_SIGN_IN_ACCOUNT", "20/900"),
        ("sign-in links, by address", "LIMIT_LINKS", "20/900"),
        ("refused deliveries, by address and hook", "LIMIT_REFUSED_DELIVERIES", "60/60"),
        ("deliveries, by hook", "LIMIT_DELIVERIES", "12000/60"),
        ("uploads, by account", "LIMIT_UPLOADS_ACCOUNT", "60/3600"),
        ("uploads, by address", "LIMIT_UPLOADS_ADDRESS", "240/3600"),
        ("signed uploads, by hook", "LIMIT_SIGNED_UPLOADS", "600/3600"),
        ("requests to indexes, by project", "LIMIT_INDEX_REQUESTS", "30000/3600"),
    )
}

# --- The application.
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "template_partials",
    "compat_site",
    "scanner",
    "projects",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "projects.viewer.ViewerMiddleware",
    "projects.middleware.RefusedForNowMiddleware",
]
ROOT_URLCONF = "compat_site.urls"
WSGI_APPLICATION = "compat_site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "projects.viewer.viewer",
            ],
        },
    },
]
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"
# How long the link that a first start prints is valid, and one that `manage.py sign-in-link` makes. Each works once.
SIGN_IN_LINK_SECONDS = env.int("SIGN_IN_LINK_SECONDS", default=24 * 3600)
SIGN_IN_LINK_MINUTES = env.int("SIGN_IN_LINK_MINUTES", default=15)

# --- Static files: from their directories, or, if STATIC_ROOT is set, hashed and compressed by collectstatic.
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.str("STATIC_ROOT", default=None)
WHITENOISE_USE_FINDERS = STATIC_ROOT is None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_ROOT
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- The package index. Empty: the one that pip on this machine uses.
WHEELWAY_INDEX_URL = env.str("WHEELWAY_INDEX_URL", default="")
# The contact for index operators, sent in the User-Agent header.
WHEELWAY_CONTACT = env.str("WHEELWAY_CONTACT", default="")
# How long after an answer a package is polled again (scanner.domain.polling chooses between them).
WHEELWAY_POLL_INTERVALS = {
    "open_release": timedelta(minutes=env.int("POLL_OPEN_RELEASE_MINUTES", default=30)),
    "watched": timedelta(minutes=env.int("POLL_WATCHED_MINUTES", default=120)),
    "quiet": timedelta(minutes=env.int("POLL_QUIET_MINUTES", default=1440)),
    "followed": timedelta(minutes=env.int("POLL_FOLLOWED_MINUTES", default=7 * 1440)),
    "first_retry": timedelta(seconds=env.int("POLL_FIRST_RETRY_SECONDS", default=60)),
    "last_retry": timedelta(minutes=env.int("POLL_LAST_RETRY_MINUTES", default=360)),
}
# The number of packages from which the serials of the index's root page decide which are due, and how long without an
# answer of that page before its packages are polled one by one again.
WHEELWAY_ROOT_FROM = env.int("POLL_ROOT_FROM_PACKAGES", default=500)
WHEELWAY_ROOT_PATIENCE = timedelta(minutes=env.int("POLL_ROOT_PATIENCE_MINUTES", default=60))
# How often all rows of the root page are compared; in between only those with a new serial are.
WHEELWAY_ROOT_COMPARE = timedelta(minutes=env.int("POLL_ROOT_COMPARE_MINUTES", default=60))
# Packages queued by one tick, packages in one job, and how long a job starts new polls: well below its time limit.
WHEELWAY_QUEUE_MOST = env.int("POLL_QUEUE_MOST", default=1000)
WHEELWAY_POLL_BATCH = env.int("POLL_BATCH", default=20)
WHEELWAY_BATCH_SECONDS = env.int("POLL_BATCH_SECONDS", default=20)
# How long a claim or queue mark on a package lasts: longer than a request with its time limits, and than a batch waits
# in the queue.
WHEELWAY_CLAIM_FOR = timedelta(seconds=env.int("POLL_CLAIM_SECONDS", default=600))
# A release is settled this long after its last upload, and at most this long after it was first seen.
WHEELWAY_QUIET_FOR = timedelta(minutes=env.int("QUIET_MINUTES", default=30))
WHEELWAY_QUIET_PATIENCE = timedelta(minutes=env.int("QUIET_PATIENCE_MINUTES", default=360))
# Upstream changes of a project within this time are sent to its followers in one message.
WHEELWAY_DIGEST_AFTER = timedelta(minutes=env.int("DIGEST_MINUTES", default=60))
# The bearer token for /metrics ("Authorization: Bearer TOKEN"). Empty: only for signed-in staff.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# Packages on the ecosystem board beside those that most projects use.
WHEELWAY_BOARD = env.list("WHEELWAY_BOARD", default=[])
# How long the resolution for one target may take.
WHEELWAY_SEARCH_SECONDS = env.int("WHEELWAY_SEARCH_SECONDS", default=20)
# What one job of an assessment may use; the next one goes on where it stopped.
WHEELWAY_FIRST_SECONDS = env.int("WHEELWAY_FIRST_SECONDS", default=10)
WHEELWAY_ASSESSMENT_SECONDS = env.int("WHEELWAY_ASSESSMENT_SECONDS", default=180)
WHEELWAY_ASSESSMENT_REQUESTS = env.int("WHEELWAY_ASSESSMENT_REQUESTS", default=10_000)
WHEELWAY_ASSESSMENT_MEMORY_MB = env.int("WHEELWAY_ASSESSMENT_MEMORY_MB", default=2_000)
# Concurrent requests to one index host.
WHEELWAY_INDEX_CONNECTIONS = env.int("WHEELWAY_INDEX_CONNECTIONS", default=16)

# --- Repository hosts. Hosts at private addresses are used only if they are listed here by name.
WHEELWAY_ALLOW_PRIVATE_HOSTS = env.list("WHEELWAY_ALLOW_PRIVATE_HOSTS", default=[])
# How often followed branches are checked for pushes without a delivery. 0: never.
WHEELWAY_BRANCH_CHECK = timedelta(minutes=env.int("WHEELWAY_BRANCH_CHECK_MINUTES", default=60))
# The file with the keys of hosts that may be used through ssh. Empty: none.
WHEELWAY_SSH_KNOWN_HOSTS = env.str("WHEELWAY_SSH_KNOWN_HOSTS", default="")
# The largest delivery that GitHub sends is 25 MB.
WHEELWAY_HOOK_MAX_BYTES = env.int("WHEELWAY_HOOK_MAX_BYTES", default=25 * 1024 * 1024)

# A file of the operator's own known breaks, beside those that come with the product (docs/known-breaks.md).
WHEELWAY_KNOWN_BREAKS = env.str("WHEELWAY_KNOWN_BREAKS", default="")

# --- Mail: SMTP if WHEELWAY_MAIL_URL is set, else a file for each message in the data directory.
MAIL_DIR = DATA_DIR / "mail"
WHEELWAY_MAIL_URL = env.str("WHEELWAY_MAIL_URL", default="")
EMAIL_TIMEOUT = 10
if WHEELWAY_MAIL_URL:
    _mail = env.email_url("WHEELWAY_MAIL_URL")
    EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
    EMAIL_HOST = _mail["EMAIL_HOST"]
    EMAIL_PORT = _mail["EMAIL_PORT"] or 25
    EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"] or ""
    EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"] or ""
    EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
    EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAIL_DIR
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("WHEELWAY_MAIL_FROM", default="Wheelway <wheelway@localhost>")

# --- Logs: a line of key=value for each record, on standard error.
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
