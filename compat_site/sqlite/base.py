"""Django's SQLite backend with a file that only its owner may read, written by one thread of a process at a time."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base

from compat_site.sqlite.turns import Turns

_OTHERS = 0o077
_WRITES = ("INSERT", "UPDATE", "DELETE")
# As long as SQLite itself waits (`timeout` in the settings); then it decides.
_PATIENCE = 20.0
_turns = Turns()
_thread = threading.local()
_creating = threading.Lock()


class Cursor(base.SQLiteCursorWrapper):
    """A cursor whose single statements wait for their turn to write, as transactions do."""

    def execute(self, query: str, params: Any = None) -> Any:
        """Execute a statement, in its turn if it writes outside a transaction."""
        if self.connection.in_transaction or not query.startswith(_WRITES):
            return super().execute(query, params)
        turn = _turns.take(_PATIENCE, gives_way=_this_thread_gives_way())
        try:
            return super().execute(query, params)
        finally:
            if turn is not None:
                _turns.give_back(turn)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to SQLite. The journal files get the mode of the database from SQLite itself."""

    _turn: object | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        """Connect; a new file has the mode 0600, and an older one loses the permissions of others."""
        name = str(conn_params["database"])
        if not name.startswith(("file:", ":memory:")):
            _make_private(Path(name))
        connection: sqlite3.Connection = super().get_new_connection(conn_params)
        return connection

    @staticmethod
    def give_way() -> None:
        """Let all that other threads write go before what this one writes, from now on."""
        _thread.gives_way = True

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor that waits for its turn."""
        return self.connection.cursor(factory=Cursor)

    # The types of Django leave out its own private methods below, which begin and end every transaction.

    def _start_transaction_under_autocommit(self) -> None:
        self._turn = _turns.take(_PATIENCE, gives_way=_this_thread_gives_way())
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_back()
            raise

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc]
        finally:
            self._give_back()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self._give_back()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self._give_back()

    def _give_back(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            _turns.give_back(turn)


def _this_thread_gives_way() -> bool:
    return getattr(_thread, "gives_way", False)


def _make_private(path: Path) -> None:
    """Create the file for its owner alone, or take the permissions of others from it.

    A file that exists is never opened: closing it would end all locks of this process on it, those of SQLite too, and
    another process could then delete the journal that is in use.
    """
    try:
        mode = path.stat().st_mode
        if mode & _OTHERS:
            path.chmod(mode & ~_OTHERS)
    except FileNotFoundError:
        with _creating, contextlib.suppress(OSError):
            # Another process may create it at the same moment, with the same mode.
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError:
        # SQLite reports a file that cannot be opened, in its own words; one of another owner may still be readable.
        return
