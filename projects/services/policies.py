"""What a project's policy can choose from."""

from __future__ import annotations

from projects.domain.dependency_files import AvailableGroups, available_groups
from projects.models import Project, Snapshot
from projects.services.assessments.run import read_snapshot


def offered_choices(project: Project) -> AvailableGroups:
    """The groups and extras of the newest snapshot's files; none without a snapshot. Two queries."""
    newest = Snapshot.objects.filter(project=project).order_by("-pk").first()
    return available_groups(read_snapshot(newest)) if newest is not None else AvailableGroups((), ())
