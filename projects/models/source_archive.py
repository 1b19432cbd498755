"""Archives of source that wait for their audit."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class SourceArchive(models.Model):
    """The newest archive that a member sent for a project. It is deleted once it is audited."""

    project = models.OneToOneField("projects.Project", on_delete=models.CASCADE, related_name="source_archive")
    name = models.CharField(max_length=100)
    content = models.BinaryField(help_text="the archive, encrypted")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.name
