"""The audit log."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from projects.domain.logged_action import LoggedAction


class LogEntry(models.Model):
    """One line of the audit log. The database refuses to change and to delete it (migration 0021).

    It names accounts and teams by number and name, without foreign keys: it stays when they are deleted.
    """

    at = models.DateTimeField()
    actor_key = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    address = models.CharField(max_length=100, blank=True)
    team_key = models.BigIntegerField(null=True)
    action = models.CharField(max_length=20, choices=[(action.value, action.value) for action in LoggedAction])
    target = models.CharField(max_length=300, blank=True)
    before = models.CharField(max_length=300, blank=True)
    after = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            # The log of a team, newest first.
            models.Index(fields=["team_key", "-id"], name="logentry_team"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.action} {self.target}"
