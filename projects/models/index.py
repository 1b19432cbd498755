"""The package indexes that a project uses in addition to, or instead of, the default index."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models.project import Project


class IndexRole(models.TextChoices):
    """The role of an index for the installer."""

    PRIMARY = "primary", _("in the place of the default (--index-url)")
    EXTRA = "extra", _("beside it (--extra-index-url)")


class ProjectIndex(models.Model):
    """One index of a project. Its login is stored encrypted in the scanner's row, which belongs to the project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="indexes")
    index = models.ForeignKey("scanner.Index", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=7, choices=IndexRole.choices, default=IndexRole.EXTRA)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["role", "position", "pk"]
        verbose_name_plural = "project indexes"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["project", "index"], name="projectindex_project_index_unique"),
            models.UniqueConstraint(fields=["project"], condition=Q(role="primary"), name="projectindex_one_primary"),
        ]

    def __str__(self) -> str:
        return f"{self.role} index {self.index_id} of project {self.project_id}"
