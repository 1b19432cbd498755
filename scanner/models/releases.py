"""Releases of packages, their files, and the profiles and metadata that many releases share."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from scanner.domain.files.locations import unpack_location
from scanner.domain.files.sdist_metadata import MetadataGrade
from scanner.models.digests import DigestField
from scanner.models.packages import Package


class StoredProfile(models.Model):
    """The profile of one or many releases (scanner.domain.files.release_profile): equal releases share a row.

    `offers` holds a byte for each target of the catalogue that `catalogue` identifies, so that reading a project parses
    nothing. The offers of a profile of another catalogue are computed again from `text`.
    """

    digest = models.CharField(max_length=64)
    text = models.TextField()
    catalogue = models.CharField(max_length=16)
    offers = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["digest"], name="storedprofile_digest_unique"),
        ]

    def __str__(self) -> str:
        return self.digest[:12]


class CoreMetadata(models.Model):
    """The dependencies and extras in core metadata. Releases with the same share a row."""

    digest = models.CharField(max_length=64)
    requires_dist = models.JSONField(default=list)
    extras = models.JSONField(null=True, help_text="those that the release provides; null: stored by an old version")

    class Meta:
        verbose_name_plural = "core metadata"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["digest"], name="coremetadata_digest_unique"),
        ]

    def __str__(self) -> str:
        return self.digest[:12]


class Release(models.Model):
    """One version of a package."""

    # Its unique constraint begins with the package: a second database index would only cost.
    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="releases", db_index=False)
    version = models.CharField(max_length=120, help_text="normalised (PEP 440)")
    # Profiles and metadata are looked up from their releases only, and never deleted.
    profile = models.ForeignKey(StoredProfile, on_delete=models.PROTECT, related_name="releases", db_index=False)
    first_uploaded_at = models.DateTimeField(null=True, blank=True)
    last_uploaded_at = models.DateTimeField(null=True, blank=True)
    metadata = models.ForeignKey(
        CoreMetadata, on_delete=models.PROTECT, null=True, blank=True, related_name="releases", db_index=False
    )
    metadata_error = models.TextField(blank=True, help_text="why the metadata could not be read")
    metadata_tried_at = models.DateTimeField(null=True, blank=True)
    metadata_failures = models.PositiveSmallIntegerField(default=0, help_text="failed tries since the last success")
    metadata_grade = models.CharField(
        max_length=10,
        default=MetadataGrade.CERTAIN.value,
        help_text="how far the dependencies can be trusted (scanner.domain.files.sdist_metadata)",
    )
    declared = models.CharField(
        max_length=350,
        blank=True,
        help_text="the Pythons that the metadata name (scanner.domain.evidence.declared); empty: not read",
    )
    links = models.JSONField(
        null=True, blank=True, help_text="kind, label and URL of each link in the metadata; null: not read"
    )
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
            # scanner.services.settle_releases: releases that are still being uploaded.
            models.Index(fields=["id"], name="release_unsettled", condition=Q(unsettled_since__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.version


class StoredReleaseColumns(models.Model):
    """What polls store of all releases of a package, in one row, so that reading a package decodes one value.

    Written in the transaction that stores the releases (scanner.services.storage.release_columns). Where it is missing
    or of another format, the rows of the releases are read instead.
    """

    package = models.OneToOneField(Package, on_delete=models.CASCADE, primary_key=True, related_name="release_columns")
    format = models.PositiveSmallIntegerField()
    columns = models.BinaryField(help_text="packed by scanner.domain.releases.release_columns")

    class Meta:
        verbose_name_plural = "stored release columns"

    def __str__(self) -> str:
        return f"release columns of package {self.package_id}"


class ReleaseFile(models.Model):
    """A file of a release, as listed on the index. A file whose name cannot be parsed has no release.

    Most rows of the database are in this table, so nothing is stored twice: a wheel's tags are in its name, digests are
    bytes, and the URL is relative to that of its package. The columns of fixed width come first, as PostgreSQL would
    pad them otherwise.
    """

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="files", db_index=False)
    release = models.ForeignKey(
        Release, on_delete=models.CASCADE, null=True, blank=True, related_name="files", db_index=False
    )
    size = models.BigIntegerField(null=True, blank=True)
    uploaded_at = models.DateTimeField(null=True, blank=True)
    yanked = models.BooleanField(default=False)
    has_metadata = models.BooleanField(null=True, blank=True, help_text="null: the index announces nothing")
    sha256 = DigestField(help_text="as hex; empty: the index tells none")
    metadata_sha256 = DigestField(help_text="as hex; empty: the index tells none")
    location = models.BinaryField(help_text="packed by scanner.domain.files.locations")
    filename = models.CharField(max_length=300)
    kind = models.CharField(max_length=8)
    requires_python = models.CharField(max_length=200, blank=True)
    yanked_reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["package", "filename"], name="releasefile_package_filename_unique"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # scanner.selectors.candidates.release_files: the proof of a release's cells.
            models.Index(fields=["release"], name="releasefile_release"),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def url(self) -> str:
        """Return the file's URL. Costs a query if its package is not loaded."""
        return unpack_location(bytes(self.location), self.filename, self.package.files_base)
