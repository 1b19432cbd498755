"""What was read of the Python files in wheels, by the digest of the wheel."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from scanner.models.digests import DigestField


class StoredWheelReading(models.Model):
    """What was read of one wheel (scanner.domain.evidence). It never changes; its compiled modules may be read later.

    A wheel that cannot be read has the reason in `error`, and is tried again after a while.
    """

    sha256 = DigestField(help_text="of the wheel, as hex")
    filename = models.CharField(max_length=300)
    package = models.CharField(max_length=200, help_text="normalised name")
    version = models.CharField(max_length=120, help_text="normalised (PEP 440)")
    modules = models.JSONField(default=list, help_text="its top-level modules")
    imports = models.JSONField(default=list, help_text="of modules that a Python may lack, with their place")
    breaks = models.BooleanField(default=False, help_text="whether importing the package fails on some Python")
    files = models.PositiveIntegerField(default=0, help_text="the Python files that were read")
    unread = models.PositiveIntegerField(default=0, help_text="those that were not")
    received = models.PositiveBigIntegerField(default=0, help_text="bytes that the index sent for it")
    compiled = models.JSONField(null=True, help_text="of its compiled modules; null where they were not read")
    error = models.CharField(max_length=300, blank=True)
    read_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sha256"], name="storedwheelreading_sha256_unique"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # The few that every assessment asks for (scanner.selectors.wheel_readings).
            models.Index(fields=["id"], name="storedwheelreading_breaks", condition=Q(breaks=True)),
            models.Index(fields=["filename"], name="storedwheelreading_filename"),
        ]

    def __str__(self) -> str:
        return self.filename
