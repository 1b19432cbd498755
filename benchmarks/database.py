"""A database for a benchmark: PostgreSQL from the tests' wheel, or SQLite in its own folder; migrated, empty."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def database(vendor: str, *, index_url: str = "https://index.example/simple", redis_url: str = "") -> Iterator[None]:
    """Set Django up on a fresh database. vendor: "postgresql" or "sqlite". Once a process, before Django is loaded."""
    from tests.services import postgresql

    folder = tempfile.mkdtemp(prefix="wheelway-benchmark-")
    stop = None
    os.environ.update(WHEELWAY_DATA=folder, SECRET_KEY="benchmarks-need-no-secret", LOG_LEVEL="ERROR")
    os.environ.update(WHEELWAY_INDEX_URL=index_url, DJANGO_SETTINGS_MODULE="compat_site.settings", REDIS_URL=redis_url)
    os.environ.pop("DATABASE_URL", None)
    if vendor == "postgresql":
        os.environ["DATABASE_URL"], stop = postgresql.start()
    try:
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        yield
    finally:
        if stop is not None:
            from django.db import connections

            for connection in connections.all(initialized_only=True):
                connection.close()
                close_pool = getattr(connection, "close_pool", None)
                if close_pool is not None:
                    close_pool()
            stop()
        shutil.rmtree(folder, ignore_errors=True)
