"""Django's SQLite backend with a database file that only its owner may read, in whatever directory it is."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base

_OTHERS = 0o077


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to SQLite. The journal files get the mode of the database from SQLite itself."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        """Connect; a new file has the mode 0600, and an older one loses the permissions of others."""
        name = str(conn_params["database"])
        if not name.startswith(("file:", ":memory:")):
            _make_private(Path(name))
        connection: sqlite3.Connection = super().get_new_connection(conn_params)
        return connection


def _make_private(path: Path) -> None:
    try:
        # O_CREAT without O_EXCL: another process may create it at the same moment, with the same mode.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        mode = path.stat().st_mode
        if mode & _OTHERS:
            path.chmod(mode & ~_OTHERS)
    except OSError:
        # SQLite reports a file that cannot be opened, in its own words; one of another owner may still be readable.
        return
