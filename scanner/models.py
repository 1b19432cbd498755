"""What the index offers, as it was last seen: packages, releases, release files, and the changes between polls."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q


class Index(models.Model):
    """One package index. Its address is kept without credentials, which a setting supplies."""

    url = models.CharField(max_length=500)
    closes_releases = models.BooleanField(
        default=True,
        help_text="Files may join a release only in its first 14 days: an inference that holds for the public index.",
    )

    class Meta:
        verbose_name_plural = "indexes"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["url"], name="index_url_unique"),
        ]

    def __str__(self) -> str:
        return self.url


class PackageState(models.TextChoices):
    """What the last poll of a package ended in."""

    PENDING = "pending", "not polled yet"
    CURRENT = "current", "current"
    MISSING = "missing", "not on the index"
    MALFORMED = "malformed", "not a package name"


class PackageQuerySet(models.QuerySet["Package"]):
    """Packages in the words of the poller and of the pages."""

    def due(self, now: datetime) -> Self:
        """Those to poll now, the longest due first; a claimed one is due again when its claim has run out."""
        unclaimed = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
        return self.filter(unclaimed, due_at__lte=now).order_by("due_at", "pk")

    def never_answered(self) -> Self:
        """Those of which no poll has brought an answer yet."""
        return self.filter(state=PackageState.PENDING)

    def claim(self, pk: int, now: datetime, span: timedelta) -> bool:
        """Take one package for polling. False when another worker was there first."""
        unclaimed = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
        return self.filter(unclaimed, pk=pk).update(claimed_until=now + span) == 1


class Package(models.Model):
    """A name on an index, and the state of polling it."""

    index = models.ForeignKey(Index, on_delete=models.PROTECT, related_name="packages")
    name = models.CharField(max_length=200, help_text="normalised (PEP 503)")
    state = models.CharField(max_length=10, choices=PackageState.choices, default=PackageState.PENDING)
    status = models.CharField(max_length=12, default="active", help_text="project status marker (PEP 792)")
    status_reason = models.TextField(blank=True)
    etag = models.CharField(max_length=200, blank=True)
    last_modified = models.CharField(max_length=60, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    serial = models.BigIntegerField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0, help_text="grows with every stored change")
    checked_at = models.DateTimeField(null=True, blank=True, help_text="last answer of the index")
    changed_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, help_text="next poll; null is never")
    due_reason = models.CharField(max_length=80, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="in a row")
    last_error = models.TextField(blank=True)
    problems = models.JSONField(default=list, blank=True, help_text="rows of the page that were skipped")
    is_watched = models.BooleanField(default=False, help_text="somebody waits for a wheel of it: polled more often")

    objects = PackageQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["index", "name"], name="package_index_name_unique"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # PackageQuerySet.due: the next batch of the poller.
            models.Index(fields=["due_at"], name="package_due", condition=Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name


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

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="releases")
    version = models.CharField(max_length=120, help_text="normalised (PEP 440)")
    shape = models.ForeignKey(ReleaseShape, on_delete=models.PROTECT, related_name="releases")
    first_uploaded_at = models.DateTimeField(null=True, blank=True)
    last_uploaded_at = models.DateTimeField(null=True, blank=True)
    metadata = models.ForeignKey(CoreMetadata, on_delete=models.PROTECT, null=True, blank=True, related_name="releases")
    metadata_source = models.CharField(max_length=20, blank=True, help_text="where the metadata was read")
    metadata_error = models.TextField(blank=True, help_text="why the metadata could not be read")
    metadata_tried_at = models.DateTimeField(null=True, blank=True)
    build_detail = models.CharField(max_length=80, blank=True, help_text="what building the sdist needs")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["package", "version"], name="release_package_version_unique"),
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

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="files")
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


class WheelEventKind(models.TextChoices):
    """How a package changed between two polls."""

    FIRST_POLL = "first_poll", "first poll"
    ADDED = "added", "file added"
    YANKED = "yanked", "file yanked"
    UNYANKED = "unyanked", "yank taken back"
    REMOVED = "removed", "file removed"
    STATUS = "status", "package status changed"


class WheelEventQuerySet(models.QuerySet["WheelEvent"]):
    """Events as the queue they are."""

    def unprocessed(self) -> Self:
        """Those that nobody has handled, oldest first."""
        return self.filter(processed_at__isnull=True).order_by("pk")


class WheelEvent(models.Model):
    """One change seen by a poll, written in the transaction that stores it. The row is the queue."""

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=WheelEventKind.choices)
    filename = models.CharField(max_length=300, blank=True)
    version = models.CharField(max_length=120, blank=True)
    tag_set = models.CharField(max_length=255, blank=True)
    uploaded_at = models.DateTimeField(null=True, blank=True)
    detail = models.TextField(blank=True)
    seen_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)

    objects = WheelEventQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # A file name is never used again on an index, so it is added once.
            models.UniqueConstraint(
                fields=["package", "filename"], condition=Q(kind="added"), name="wheelevent_added_once"
            ),
            models.UniqueConstraint(
                fields=["package"], condition=Q(kind="first_poll"), name="wheelevent_first_poll_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # WheelEventQuerySet.unprocessed: the dispatcher's queue.
            models.Index(fields=["id"], name="wheelevent_unprocessed", condition=Q(processed_at__isnull=True)),
            # The history on a package's page, newest first.
            models.Index(fields=["package", "-seen_at"], name="wheelevent_package_history"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.filename or self.version}"
