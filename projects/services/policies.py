"""What a project's policy can choose from."""

from __future__ import annotations

from projects.domain.dependency_files import Choices, choices
from projects.models import Project, Snapshot
from projects.services.assessments.run import read_snapshot


def offered_choices(project: Project) -> Choices:
    """The groups and extras of the newest snapshot's files; none without a snapshot. Two queries."""
    newest = Snapshot.objects.filter(project=project).order_by("-pk").first()
    return choices(read_snapshot(newest)) if newest is not None else Choices((), ())
