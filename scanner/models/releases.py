"""Releases of packages, their files, and the rows that many releases share."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from scanner.models.packages import Package


class ReleaseShape(models.Model):
    """What one or many releases offer, without names and dates: equal releases share a row.

    `offers` holds one byte for each target of the catalogue named by `catalogue`, so that reading the
    matrix of a project parses nothing; a shape of another catalogue is matched anew from `text`.
    """

    digest = models.CharField(max_length=64)
    text = models.TextField()
    catalogue = models.CharField(max_length=16)
    offers = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["digest"], name="releaseshape_digest_unique"),
        ]

    def __str__(self) -> str:
        return self.digest[:12]


class CoreMetadata(models.Model):
    """The dependency facts of core metadata. Releases with the same facts share a row."""

    digest = models.CharField(max_length=64)
    requires_dist = models.JSONField(default=list)
    requires_python = models.TextField(blank=True)
    provides_extra = models.JSONField(default=list)
    problems = models.JSONField(default=list)

    class Meta:
        verbose_name_plural = "core metadata"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["digest"], name="coremetadata_digest_unique"),
        ]

    def __str__(self) -> str:
        return self.digest[:12]


class Release(models.Model):
    """One version of a package."""

    # Its unique constraint begins with the package: a second index on it would only cost.
    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="releases", db_index=False)
    version = models.CharField(max_length=120, help_text="normalised (PEP 440)")
    shape = models.ForeignKey(ReleaseShape, on_delete=models.PROTECT, related_name="releases")
    first_uploaded_at = models.DateTimeField(null=True, blank=True)
    last_uploaded_at = models.DateTimeField(null=True, blank=True)
    metadata = models.ForeignKey(CoreMetadata, on_delete=models.PROTECT, null=True, blank=True, related_name="releases")
    metadata_source = models.CharField(max_length=20, blank=True, help_text="where the metadata was read")
    metadata_error = models.TextField(blank=True, help_text="why the metadata could not be read")
    metadata_tried_at = models.DateTimeField(null=True, blank=True)
    build_detail = models.CharField(max_length=80, blank=True, help_text="what building the sdist needs")
    build_tried_at = models.DateTimeField(null=True, blank=True, help_text="last look into the sdist")
    unsettled_since = models.DateTimeField(
        null=True, blank=True, help_text="seen after the first poll and not compared with its predecessor yet"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["package", "version"], name="release_package_version_unique"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # settling.settle_releases: releases that are still being uploaded.
            models.Index(fields=["id"], name="release_unsettled", condition=Q(unsettled_since__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.version


def split_url(url: str, filename: str) -> str:
    """The folder to store for a file's URL."""
    return url.removesuffix(filename) if url.endswith(f"/{filename}") else url


def join_url(folder: str, filename: str) -> str:
    """The URL that `split_url` was given."""
    return folder + filename if folder.endswith("/") else folder


class ReleaseFile(models.Model):
    """One archive of a release, as its index row says. A file whose name cannot be read has no release."""

    # As of a release: the unique constraint is its index.
    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="files", db_index=False)
    release = models.ForeignKey(Release, on_delete=models.CASCADE, null=True, blank=True, related_name="files")
    filename = models.CharField(max_length=300)
    kind = models.CharField(max_length=8)
    tag_set = models.CharField(max_length=255, blank=True)
    build = models.CharField(max_length=60, blank=True)
    folder = models.TextField(help_text="its URL without the file name; all of it where it does not end in the name")
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(null=True, blank=True)
    requires_python = models.CharField(max_length=200, blank=True)
    uploaded_at = models.DateTimeField(null=True, blank=True)
    yanked = models.BooleanField(default=False)
    yanked_reason = models.TextField(blank=True)
    has_metadata = models.BooleanField(null=True, blank=True, help_text="null: the index announces nothing")
    metadata_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["package", "filename"], name="releasefile_package_filename_unique"),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def url(self) -> str:
        """Where the file is."""
        return join_url(self.folder, self.filename)
