"""Counts of requests within a span of time, the same for every process."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from django.db import connection, models

# A span that ends later than a new one would was begun by a clock that was wrong.
_ADD = """
INSERT INTO projects_requestcount AS stored (key, count, ends_at) VALUES (%s, %s, %s)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN stored.ends_at <= %s OR stored.ends_at > %s
                 THEN excluded.count ELSE stored.count + excluded.count END,
    ends_at = CASE WHEN stored.ends_at <= %s OR stored.ends_at > %s
                   THEN excluded.ends_at ELSE stored.ends_at END
RETURNING count, ends_at
"""


_OF_KEYS = "SELECT key, count, ends_at FROM projects_requestcount WHERE key IN ({}) AND ends_at > %s"


class RequestCountQuerySet(models.QuerySet["RequestCount"]):
    """Queries for counts."""

    def add(self, key: str, now: datetime, span: timedelta, amount: int = 1) -> tuple[int, datetime]:
        """Count requests, in a new span if the last one has ended. Return the count, and when its span ends.

        One statement: every delivery and every sign-in runs it.
        """
        end = now + span
        now_, end_ = (connection.ops.adapt_datetimefield_value(value) for value in (now, end))
        with connection.cursor() as cursor:
            cursor.execute(_ADD, [key, amount, end_, now_, end_, now_, end_])
            count, stored = cursor.fetchone()
        if count == amount:
            # The first of a span. Others that have ended are of no use any more.
            self.filter(ends_at__lte=now).delete()
        return count, _moment(stored)

    def running(self, keys: Collection[str], now: datetime) -> list[tuple[str, int, datetime]]:
        """Return keys, counts and ends of the spans that have not ended. Every delivery and every sign-in runs it."""
        statement = _OF_KEYS.format(", ".join(["%s"] * len(keys)))
        with connection.cursor() as cursor:
            cursor.execute(statement, [*keys, connection.ops.adapt_datetimefield_value(now)])
            return [(key, count, _moment(stored)) for key, count, stored in cursor.fetchall()]


def _moment(stored: datetime | str) -> datetime:
    ends_at = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return ends_at if ends_at.tzinfo else ends_at.replace(tzinfo=UTC)


class RequestCount(models.Model):
    """How often something was asked for in the span that ends at `ends_at`. `key` is a digest: it names no one."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField()

    objects = RequestCountQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            # Those that have ended.
            models.Index(fields=["ends_at"], name="requestcount_ends_at"),
        ]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.count}"
