"""What users chose for kinds of mail, and the language of their messages."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from projects.domain.mail_choices import MailChoice, MailKind


class MailPreference(models.Model):
    """The choice of a user for a kind of mail. Of one project: what the link of a message turned off."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_preferences")
    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+", null=True, blank=True, help_text="null: all"
    )
    kind = models.CharField(max_length=10, choices=[(one.value, one.value) for one in MailKind])
    choice = models.CharField(max_length=7, choices=[(one.value, one.value) for one in MailChoice if one.value])

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "project", "kind"], name="mailpreference_once_per_project"),
            # A unique constraint takes null projects for different ones.
            models.UniqueConstraint(
                fields=["user", "kind"], condition=Q(project__isnull=True), name="mailpreference_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.choice} for {self.user_id}"


class MailLanguage(models.Model):
    """The language of messages to a user, who without one gets them in English."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_language", primary_key=True
    )
    language = models.CharField(max_length=10)

    def __str__(self) -> str:
        return f"{self.language} for {self.user_id}"
