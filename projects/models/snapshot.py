"""Snapshots: a project's dependency files at one commit or upload, and the requirements parsed from them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q
from django.utils.translation import gettext_lazy as _

from projects.models.sealed import SealedField
from scanner.domain.next_poll import CLOCK_SKEW

if TYPE_CHECKING:
    from projects.models.project import Project


class Origin(models.TextChoices):
    """How a snapshot was submitted."""

    PASTE = "paste", _("pasted")
    UPLOAD = "upload", _("uploaded")
    PUSH = "push", _("push")
    CI = "ci", _("CI upload")
    SAMPLE = "sample", _("sample")
    UNLINK = "unlink", _("a repository no longer followed")


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    """Queries for snapshots."""

    def claim(self, pk: int, now: datetime, span: timedelta) -> bool:
        """Claim one snapshot for assessing. Return False if another worker holds the claim.

        A claim that reaches too far into the future was made by a clock that was wrong.
        """
        ahead = Q(assessing_until__gt=now + span + CLOCK_SKEW)
        unclaimed = Q(assessing_until__isnull=True) | Q(assessing_until__lte=now) | ahead
        return self.filter(unclaimed, pk=pk).update(assessing_until=now + span) == 1

    def newest_key(self, project: Project | OuterRef) -> models.QuerySet[Snapshot, int]:
        """Return the key of a project's newest snapshot, for use in another query: of no row where there is none."""
        return self.filter(project=project).order_by("-pk").values_list("pk", flat=True)[:1]

    def being_assessed(self, now: datetime) -> SnapshotQuerySet:
        """Return the snapshots that workers are assessing."""
        return self.filter(assessing_until__gt=now)

    def renew_claim(self, pk: int, now: datetime, span: timedelta) -> None:
        """Let the claim hold on from now, unless it was released."""
        self.filter(pk=pk, assessing_until__isnull=False).update(assessing_until=now + span)


class Snapshot(models.Model):
    """The files as bytes and the requirements parsed from them. Never changed once written."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="snapshots")
    origin = models.CharField(max_length=6, choices=Origin.choices)
    commit = models.CharField(max_length=64, blank=True)
    ref = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64, help_text="SHA-256 over paths and contents")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    problems = models.JSONField(default=list, help_text="path, line, text, message of what could not be read")
    options = models.JSONField(default=dict, help_text="options of the files, credentials left out")
    logins = SealedField(help_text="logins that were in the files, in whose place the stored files have marks")
    hints = models.JSONField(default=list, help_text="signs of today's Python and system: kind, value, source, line")
    assessing_until = models.DateTimeField(
        null=True, blank=True, help_text="a worker is assessing it; after this moment its claim has run out"
    )

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            # The newest snapshot of a project, for its page and every new push.
            models.Index(fields=["project", "-id"], name="snapshot_project_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.origin} {self.commit[:7] or self.pk}"


class SnapshotFile(models.Model):
    """One file of a snapshot."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=300)
    format = models.CharField(max_length=30, blank=True)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    is_root = models.BooleanField(default=True, help_text="asked for by name, not found through an include")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["snapshot", "path"], name="snapshotfile_snapshot_path_unique"),
        ]

    def __str__(self) -> str:
        return self.path


class SnapshotSource(models.Model):
    """The files of one repository in a snapshot: those below its folder, or all of them where it is the only one.

    A snapshot of files that were given by hand has none.
    """

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="sources")
    repository = models.ForeignKey(
        "projects.Repository",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        help_text="null: not followed any more",
    )
    name = models.CharField(max_length=200, help_text="of the repository, at that time")
    folder = models.CharField(max_length=60, blank=True, help_text="of its files, empty where it is the only one")
    commit = models.CharField(max_length=64, blank=True)
    ref = models.CharField(max_length=200, blank=True)
    is_new = models.BooleanField(help_text="whether the snapshot was made for it, or it was taken from an earlier one")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["snapshot", "repository"], name="snapshotsource_once_per_repository"),
            models.UniqueConstraint(fields=["snapshot", "folder"], name="snapshotsource_folder_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.commit[:7]}".strip()


class SnapshotRequirement(models.Model):
    """One requirement of a snapshot, as written. Rows keep the files' order."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="requirements")
    name = models.CharField(max_length=200)
    specifier = models.TextField(blank=True)
    extras = models.JSONField(default=list)
    marker = models.TextField(blank=True)
    source = models.CharField(max_length=300)
    line = models.PositiveIntegerField(null=True, blank=True)
    url = models.TextField(blank=True)
    group = models.CharField(max_length=120, blank=True)
    pinned = models.CharField(max_length=120, blank=True)
    direct = models.BooleanField(null=True, default=True, help_text="null: the file does not say")
    constraint = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            # Which snapshots a wheel event touches.
            models.Index(fields=["name"], name="snapshotrequirement_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name}{self.specifier}"
