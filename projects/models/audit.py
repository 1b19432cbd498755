"""Audits of the source that a project's followed branch has."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class SourceAudit(models.Model):
    """What the source at a snapshot's commit imports and which Pythons its files name. Written again in place."""

    snapshot = models.OneToOneField("projects.Snapshot", on_delete=models.CASCADE, related_name="audit")
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="audits")
    made_at = models.DateTimeField()
    targets = models.JSONField(default=list, help_text="slugs of the targets that the findings are of")
    files = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0, help_text="sources beyond the limit")
    findings = models.JSONField(default=list)
    places = models.JSONField(default=list, help_text="where the files name a Python")
    excerpts = models.JSONField(default=list, help_text="the lines around these places, for patches")
    archive = models.CharField(
        max_length=100, blank=True, help_text="the name of the archive that was sent, if one was"
    )
    error = models.CharField(max_length=500, blank=True, help_text="why the source could not be read")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["project", "-snapshot"], name="sourceaudit_project_newest"),
        ]

    def __str__(self) -> str:
        return f"audit of {self.snapshot_id}"
