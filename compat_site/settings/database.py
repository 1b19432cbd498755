"""Database and cache. Without variables: SQLite, and a cache in memory."""

from typing import Any
from urllib.parse import unquote

from django.core.exceptions import ImproperlyConfigured

from compat_site.env import env
from compat_site.settings.installation import DATA_DIR, DATABASE_URL, REDIS_URL

DATABASES: dict[str, dict[str, Any]] = {}
if DATABASE_URL:
    from compat_site.postgresql import PooledConnection

    DATABASES["default"] = env.db_url("DATABASE_URL")
    if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://; leave it out for SQLite.")
    # The directory of a Unix socket is percent-encoded in the place of the host.
    DATABASES["default"]["HOST"] = unquote(DATABASES["default"]["HOST"])
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        {
            "pool": {
                "connection_class": PooledConnection,
                "min_size": env.int("DATABASE_POOL_MIN", default=1),
                "max_size": env.int("DATABASE_POOL_MAX", default=16),
                "timeout": 10,
            },
            # Statements that bind their parameters in the server are prepared at their first run: those of
            # projects/selectors/versions.py. Django's own bind them in the client, and are never prepared.
            "prepare_threshold": 0,
        }
    )
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

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
