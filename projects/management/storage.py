"""The database of a command that needs no step after installing: made and brought up to date when it is not."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection

from scanner.services.storage.release_profiles import renew_profiles


def prepare_storage() -> None:
    """Run the migrations that are missing, and renew what was stored for another catalogue of targets.

    Looking for missing migrations first takes a hundredth of the time of running none.
    """
    if not _migrations_here() <= _migrations_run():
        call_command("migrate", interactive=False, verbosity=0)
    renew_profiles()


def _migrations_here() -> set[tuple[str, str]]:
    folders = {app.label: Path(app.path) / "migrations" for app in apps.get_app_configs()}
    return {
        (label, path.stem)
        for label, folder in folders.items()
        if folder.is_dir()
        for path in folder.iterdir()
        if path.suffix == ".py" and not path.name.startswith(("_", "~"))
    }


def _migrations_run() -> set[tuple[str, str]]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            return set(cursor.fetchall())
    except DatabaseError:
        # A fresh database.
        return set()
