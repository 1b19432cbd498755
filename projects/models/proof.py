"""Proofs that sets ran, sent by developers' machines and CI jobs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class StoredProof(models.Model):
    """The last proof of a project on a target (projects.domain.received_proof)."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="proofs")
    target = models.CharField(max_length=60)
    ran = models.BooleanField()
    content = models.JSONField(help_text="what is kept of the proof")
    mac = models.CharField(max_length=64, help_text="of the signed bytes: the same are taken once")
    received_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["project", "target"], name="storedproof_project_target_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.target}: {'ran' if self.ran else 'failed'}"
