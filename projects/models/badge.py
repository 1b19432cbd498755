"""Badges: pictures of a project's verdict at addresses that are not to be guessed."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models


def new_badge_key() -> str:
    """Return a random key for the address of a badge (192 bits)."""
    return secrets.token_urlsafe(24)


class Badge(models.Model):
    """A public picture of the verdict of one target, which says nothing else of the project."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="badges")
    target = models.CharField(max_length=60)
    key = models.CharField(max_length=64, default=new_badge_key)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key"], name="badge_key_unique"),
        ]

    def __str__(self) -> str:
        return f"badge of {self.target} of {self.project_id}"
