"""The waivers of a project, as pages list them."""

from __future__ import annotations

from datetime import datetime

from projects.models import PackageWaiver, Project
from projects.presentation.waivers import WaiverRow, waiver_row


def waiver_rows(project: Project, now: datetime) -> list[WaiverRow]:
    """Return all waivers of a project, those in force first, then the newest. One query."""
    found = PackageWaiver.objects.for_project(project).select_related("owner", "made_by", "ended_by")
    rows = [
        waiver_row(
            row.pk,
            row.to_waiver(),
            made_by=row.made_by.get_username() if row.made_by else "",
            made_at=row.made_at,
            ended_by=row.ended_by.get_username() if row.ended_by else "",
            ended_at=row.ended_at,
            now=now,
        )
        for row in found
    ]
    return sorted(rows, key=lambda row: (not row.is_in_force, -row.pk))
