"""Projects with their targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.domain.permissions import Action, roles_that_may

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


class SourceBuilds(models.TextChoices):
    """Which builds from source a project's policy accepts."""

    NEVER = "never", _("never")
    PURE = "pure", _("pure Python only")
    ANY = "any", _("always")


class LargestStep(models.TextChoices):
    """How far one package may move in an upgrade path."""

    PATCH = "patch", _("patch releases")
    MINOR = "minor", _("minor releases")
    MAJOR = "major", _("any release")


class DemandedGrade(models.TextChoices):
    """What must be known of a release before it counts as ready."""

    INSTALLS = "installs", _("that it installs")
    DECLARED = "declared", _("that it declares the target's Python")
    RAN = "ran", _("that it ran there, by a proof")


class ProjectQuerySet(models.QuerySet["Project"]):
    """Queries for projects."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return those of the teams that the user is a member of, without deleted ones."""
        return self.filter(team__memberships__user=user.pk, deleted_at__isnull=True)

    def deleted_by_manager(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return the deleted ones that the user managed, which the user may restore."""
        roles = roles_that_may(Action.MANAGE_PROJECT)
        managed = self.filter(team__memberships__user=user.pk, team__memberships__role__in=roles)
        return managed.filter(deleted_at__isnull=False).order_by("-deleted_at")


class Project(models.Model):
    """A codebase of a team, with its policy."""

    team = models.ForeignKey("projects.Team", on_delete=models.PROTECT, related_name="projects")
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=80)
    source_builds = models.CharField(max_length=5, choices=SourceBuilds.choices, default=SourceBuilds.PURE)
    prereleases = models.BooleanField(default=False, help_text="whether pre-releases count as versions to move to")
    minimum_age_days = models.PositiveSmallIntegerField(default=0, help_text="ignore releases younger than this")
    step = models.CharField(max_length=5, choices=LargestStep.choices, default=LargestStep.MAJOR)
    holds = models.JSONField(default=list, blank=True, help_text="packages that no upgrade path touches, normalised")
    demanded_evidence = models.CharField(
        max_length=8, choices=DemandedGrade.choices, default=DemandedGrade.INSTALLS, db_default=DemandedGrade.INSTALLS
    )
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
