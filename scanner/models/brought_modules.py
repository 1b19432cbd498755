"""Which modules an archive brings, by its digest."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from scanner.domain.source.wheel_modules import BroughtModules
from scanner.models.digests import DigestField


class StoredModules(models.Model):
    """The modules of one wheel or sdist. An archive never changes, so a row neither does."""

    sha256 = DigestField(help_text="of the archive, as hex")
    names = models.JSONField(default=list)
    adds_folders = models.BooleanField(default=False)
    has_entry_points = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sha256"], name="storedmodules_sha256_unique"),
        ]

    def __str__(self) -> str:
        return self.sha256

    def to_modules(self) -> BroughtModules:
        """Return the value that the row was made of."""
        return BroughtModules(frozenset(self.names), self.adds_folders, self.has_entry_points)

    @classmethod
    def of(cls, sha256: str, modules: BroughtModules) -> StoredModules:
        """Return the row of an archive, not saved."""
        return cls(
            sha256=sha256,
            names=sorted(modules.names),
            adds_folders=modules.adds_folders,
            has_entry_points=modules.has_entry_points,
        )
