"""Badges: what a public one shows, and those of a project."""

from __future__ import annotations

from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from msgspec import Struct

from projects.domain.assessment.verdicts import ProjectVerdict
from projects.models import Assessment, Badge, Project, Snapshot, TargetAssessment
from projects.presentation.columns import column_of


class BadgeLine(Struct, frozen=True):
    """A badge in the list of a project, with the addresses of its picture and of its JSON.

    `here` is the picture on the site that the reader is on: pages load pictures from their own site only.
    """

    pk: int
    target: str
    label: str
    here: str
    picture: str
    json: str
    created_at: datetime


def badge_of(key: str) -> tuple[str, ProjectVerdict] | None:
    """Return the target and the verdict that a badge shows; None for one that is unknown or revoked. One query.

    The verdict is that of the newest complete assessment of the newest snapshot.
    """
    newest_snapshot = Snapshot.objects.newest_key(OuterRef("project"))
    newest = Assessment.objects.filter(snapshot=OuterRef(OuterRef("snapshot_pk"))).complete()
    verdict = TargetAssessment.objects.filter(
        assessment__in=newest.values("pk"),
        target=OuterRef("target"),
    )
    found = (
        Badge.objects.filter(key=key, revoked_at=None, project__deleted_at=None)
        .annotate(snapshot_pk=Subquery(newest_snapshot))
        .annotate(verdict=Subquery(verdict.order_by("-assessment_id").values("verdict")[:1]))
        .values_list("target", "verdict")
        .first()
    )
    return (found[0], ProjectVerdict(found[1] or ProjectVerdict.UNKNOWN)) if found is not None else None


def badge_lines(project: Project, public_url: str) -> tuple[BadgeLine, ...]:
    """Return the badges of a project that are in use. One query."""
    rows = Badge.objects.filter(project=project, revoked_at=None).order_by("pk")
    return tuple(
        BadgeLine(
            row.pk,
            row.target,
            column_of(row.target).label,
            (here := reverse("badge", args=[row.key, "svg"])),
            public_url + here,
            public_url + reverse("badge", args=[row.key, "json"]),
            row.created_at,
        )
        for row in rows
    )
