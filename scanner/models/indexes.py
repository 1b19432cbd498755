"""Package indexes, and the state of requests to them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from scanner.sealed import SealedField


class Index(models.Model):
    """A package index. Its address is stored without credentials, which are encrypted in `login`.

    Each scope has its own row and packages: with different credentials an index may show different packages.
    """

    url = models.CharField(max_length=500)
    scope = models.CharField(max_length=60, blank=True, help_text="owner of a private index; empty for a shared one")
    login = SealedField(help_text="user:password or a token, as before the @ of an address")
    closes_releases = models.BooleanField(
        default=True,
        help_text="Files may join a release only in its first 14 days: an inference that holds for the public index.",
    )
    root_etag = models.CharField(max_length=200, blank=True)
    root_last_modified = models.CharField(max_length=200, blank=True)
    root_hash = models.CharField(max_length=64, blank=True)
    root_checked_at = models.DateTimeField(null=True, blank=True, help_text="last answer with serials; null: none")
    root_error = models.TextField(blank=True)
    root_serial = models.BigIntegerField(null=True, blank=True, help_text="highest one that was compared")
    root_names = models.PositiveIntegerField(default=0, help_text="rows of that page")
    root_compared_at = models.DateTimeField(
        null=True, blank=True, help_text="when all its rows were, not only new ones"
    )

    class Meta:
        verbose_name_plural = "indexes"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["url", "scope"], name="index_url_scope_unique"),
        ]

    def __str__(self) -> str:
        return self.url


class HostThrottle(models.Model):
    """A host that answered 429, 503 or 504, shared by all processes. Used only where there is no Redis."""

    host = models.CharField(max_length=255, primary_key=True)
    closed_until = models.DateTimeField()

    def __str__(self) -> str:
        return self.host


class PollStats(models.Model):
    """How many polls of one hour ended in one result, for the operator. Written in batches."""

    hour = models.DateTimeField()
    result = models.CharField(max_length=12)
    polls = models.PositiveIntegerField(default=0)
    size = models.BigIntegerField(default=0, help_text="bytes of pages")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["hour", "result"], name="pollstats_hour_result_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H:00} {self.result}"
