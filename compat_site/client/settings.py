"""The settings of the client: what its commands need, on SQLite in the user's cache directory.

No web, mail, jobs or accounts: their packages are not installed with the client.
"""

import os
import sys
from pathlib import Path
from typing import Any

from compat_site.common.index import *
from compat_site.common.limits import *
from compat_site.common.projects import *
from compat_site.env import embedded_secret_key, env


def _cache_directory() -> Path:
    """Return the directory for data that may be fetched again, as the platform has it."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "wheelway"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "wheelway"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "wheelway"


BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = Path(env.str("WHEELWAY_DATA", default=str(_cache_directory()))).expanduser().resolve()
SECRET_KEY = embedded_secret_key(DATA_DIR)
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "compat_site.sqlite",
        "NAME": DATA_DIR / "wheelway.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = ""
WHEELWAY_IS_CLIENT, WHEELWAY_PROGRAM = True, "wheelway"
# Of the models that projects refer to; the client stores none.
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "scanner", "projects"]
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=5 * 1024 * 1024)
USE_TZ, TIME_ZONE, USE_I18N = True, "UTC", False
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="WARNING").upper()},
}
