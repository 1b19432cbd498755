"""Connections to PostgreSQL as the pool keeps them."""

from __future__ import annotations

import select
import time
from typing import Any

from psycopg import Connection, Cursor

# A network that fell silent is noticed after so many seconds, as a server that ended a connection is at once.
_CHECKED_FOR = 5.0


class PooledConnection(Connection[Any]):
    """A connection that asks the server whether it still holds only if there is a sign that it may not.

    The pool checks a connection each time it gives one out, by executing an empty query: a round trip for each request.
    Of a server that was stopped or ended the connection, something waits to be read.
    """

    _checked_at = 0.0

    def execute(self, query: Any, *arguments: Any, **options: Any) -> Cursor[Any]:
        """Execute a query; the empty one of the pool's check only if the connection may be lost."""
        if query != "":
            return super().execute(query, *arguments, **options)
        now = time.monotonic()
        if now - self._checked_at < _CHECKED_FOR and not self.closed and not self._has_input():
            return self.cursor()
        cursor = super().execute(query, *arguments, **options)
        self._checked_at = now
        return cursor

    def _has_input(self) -> bool:
        # Unlike select(), poll() takes descriptors above 1,023.
        waiting = select.poll()
        waiting.register(self.fileno(), select.POLLIN)
        return bool(waiting.poll(0))
