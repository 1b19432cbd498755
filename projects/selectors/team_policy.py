"""What the page of a team's policies reads."""

from __future__ import annotations

from datetime import datetime

from projects.models import PackageWaiver, Project, Team
from projects.presentation.team_policy import ProjectPolicy, TeamPolicyPage, targets_text, team_policy_page
from projects.presentation.waivers import waiver_row
from projects.selectors.teams import project_list
from scanner.domain.phrases import count
from scanner.domain.translation import gettext


def team_policy(team: Team, now: datetime) -> TeamPolicyPage:
    """Return the policies of a team's projects and their open waivers. Three queries."""
    projects = [_policy(project) for project in project_list(team).prefetch_related("targets")]
    found = PackageWaiver.objects.filter(project__team=team, project__deleted_at=None, ended_at=None)
    waivers = [
        (
            row.project.slug,
            waiver_row(
                row.pk,
                row.to_waiver(),
                made_by=row.made_by.get_username() if row.made_by else "",
                made_at=row.made_at,
                ended_by="",
                ended_at=None,
                now=now,
            ),
        )
        for row in found.select_related("project", "owner", "made_by").order_by("pk")
    ]
    return team_policy_page(projects, waivers, now)


def _policy(project: Project) -> ProjectPolicy:
    slugs = [target.slug for target in project.targets.all()]
    age = project.minimum_age_days
    return ProjectPolicy(
        slug=project.slug,
        name=project.name,
        values={
            "evidence": project.get_demanded_evidence_display(),
            "builds": project.get_source_builds_display(),
            "prereleases": gettext("yes") if project.prereleases else gettext("no"),
            "age": count(age, "day") if age else gettext("no limit"),
            "step": project.get_step_display(),
            "targets": targets_text(slugs),
        },
        holds=tuple(project.holds),
    )
