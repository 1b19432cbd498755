"""Counts of requests within a span of time, the same for every process."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Case, F, Value, When


class RequestCountQuerySet(models.QuerySet["RequestCount"]):
    """Queries for counts."""

    def add(self, key: str, now: datetime, span: timedelta, amount: int = 1) -> RequestCount:
        """Count requests, in a new span if the last one has ended, and return the row."""
        ended = models.Q(ends_at__lte=now) | models.Q(ends_at__gt=now + span)
        changes = {
            "count": Case(When(ended, then=Value(amount)), default=F("count") + amount),
            "ends_at": Case(When(ended, then=Value(now + span)), default=F("ends_at")),
        }
        if not self.filter(key=key).update(**changes):
            # Others that have ended are of no use any more.
            self.filter(ends_at__lte=now).delete()
            self.bulk_create([RequestCount(key=key, count=0, ends_at=now + span)], ignore_conflicts=True)
            self.filter(key=key).update(**changes)
        return self.get(key=key)


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
