"""Projects, with their members and targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.urls import reverse

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


class SourceBuilds(models.TextChoices):
    """Which builds from source a project's policy accepts."""

    NEVER = "never", "never"
    PURE = "pure", "pure Python only"
    ANY = "any", "always"


class LargestStep(models.TextChoices):
    """How far one package may move in an upgrade path."""

    PATCH = "patch", "patch releases"
    MINOR = "minor", "minor releases"
    MAJOR = "major", "any release"


class Role(models.TextChoices):
    """The role of a member. Each role includes the permissions of the ones before it."""

    READER = "reader", "reads"
    MEMBER = "member", "changes"
    MANAGER = "manager", "manages"


class ProjectQuerySet(models.QuerySet["Project"]):
    """Queries for projects."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return those that the user is a member of, without deleted ones."""
        return self.filter(memberships__user=user.pk, deleted_at__isnull=True)

    def deleted_by_manager(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return the deleted ones that the user managed, which the user may restore."""
        managed = self.filter(memberships__user=user.pk, memberships__role=Role.MANAGER, deleted_at__isnull=False)
        return managed.order_by("-deleted_at")


class Project(models.Model):
    """A codebase of a team, with its policy."""

    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=80)
    source_builds = models.CharField(max_length=5, choices=SourceBuilds.choices, default=SourceBuilds.PURE)
    prereleases = models.BooleanField(default=False, help_text="whether pre-releases count as versions to move to")
    minimum_age_days = models.PositiveSmallIntegerField(default=0, help_text="ignore releases younger than this")
    step = models.CharField(max_length=5, choices=LargestStep.choices, default=LargestStep.MAJOR)
    holds = models.JSONField(default=list, blank=True, help_text="packages that no upgrade path touches, normalised")
    groups = models.JSONField(default=list, blank=True, help_text="dependency groups and extras that count")
    tags = models.JSONField(default=list, blank=True, help_text="words to filter the portfolio by")
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(
        null=True, blank=True, help_text="hidden from everyone; its data go some days later"
    )

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["slug"], name="project_slug_unique"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the URL of the project page."""
        return reverse("project", args=[self.slug])


class Membership(models.Model):
    """One user's role in one project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.READER)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["project", "user"], name="membership_project_user_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.project_id}"


class ProjectTarget(models.Model):
    """A target that a project is assessed on, in column order."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="targets")
    slug = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["project", "slug"], name="projecttarget_project_slug_unique"),
        ]

    def __str__(self) -> str:
        return self.slug
