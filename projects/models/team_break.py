"""Known breaks that a team adds, and those that it contests, with their reasons."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class TeamBreak(models.Model):
    """One statement of a team about known breaks. Only its end is ever written later: it says who said what.

    With an `entry` it adds a known break, in the form of the file (docs/known-breaks.md); without one it contests the
    break whose key is `subject`.
    """

    team = models.ForeignKey("projects.Team", on_delete=models.CASCADE, related_name="breaks")
    entry = models.JSONField(null=True, blank=True, help_text="the entry that is added, by the keys of the file")
    subject = models.CharField(max_length=64, help_text="the key of the break")
    package = models.CharField(max_length=200, help_text="normalised")
    reason = models.CharField(max_length=300, blank=True, help_text="why the break is contested")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["team", "subject"],
                condition=Q(ended_at__isnull=True, entry__isnull=False),
                name="teambreak_added_once",
            ),
            models.UniqueConstraint(
                fields=["team", "subject"],
                condition=Q(ended_at__isnull=True, entry__isnull=True),
                name="teambreak_contested_once",
            ),
            models.CheckConstraint(
                condition=Q(entry__isnull=False) | ~Q(reason=""), name="teambreak_contested_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{'contests' if self.entry is None else 'adds'} a break of {self.package}"
