"""Waivers: decisions of a team that a build is accepted, or that a package is ignored, with their reasons."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from packaging.utils import NormalizedName

from projects.domain.assessment.waivers import Waiver, WaiverKind


class PackageWaiverQuerySet(models.QuerySet["PackageWaiver"]):
    """Queries for waivers."""

    def for_project(self, project: models.Model) -> Self:
        """Return those of a project, in the order in which they were made."""
        return self.filter(project=project.pk).select_related("owner").order_by("pk")

    def in_force(self, now: datetime) -> Self:
        """Return those that count: neither ended nor expired."""
        return self.filter(ended_at=None, until__gte=now.date())


class PackageWaiver(models.Model):
    """One decision about a package on one target of a project, or on all. Never deleted: it says who decided what."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="waivers")
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in WaiverKind])
    name = models.CharField(max_length=200, help_text="of the package, normalised")
    target = models.CharField(max_length=60, blank=True, help_text="empty: all targets")
    reason = models.CharField(max_length=300)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", help_text="answers for it"
    )
    until = models.DateField(help_text="the last day on which it counts, UTC")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PackageWaiverQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # One decision at a time; an expired one is ended when another is made.
            models.UniqueConstraint(
                fields=["project", "name", "target"], condition=Q(ended_at__isnull=True), name="waiver_open_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in WaiverKind]), name="waiver_kind_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="waiver_has_reason"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("made_at")), name="waiver_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name} on {self.target or 'all targets'}"

    def to_waiver(self) -> Waiver:
        """Return it as an assessment takes it."""
        owner = self.owner.get_username() if self.owner is not None else "a former member"
        return Waiver(WaiverKind(self.kind), NormalizedName(self.name), self.target, self.reason, owner, self.until)
