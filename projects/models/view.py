"""Views that a user saved: a page with its query, under a name."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class SavedView(models.Model):
    """The address of a page of this site, with its filters, under a name of the user's choice."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    path = models.CharField(max_length=1000, help_text="path and query, beginning with /")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "name"], name="savedview_user_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name
