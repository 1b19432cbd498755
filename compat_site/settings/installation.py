"""What kind of installation this is, where its data are, and its key."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from compat_site.env import embedded_secret_key, env

BASE_DIR = Path(__file__).resolve().parents[2]
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
