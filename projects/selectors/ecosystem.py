"""The packages that most projects of this installation use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from projects.models import Project, ProjectPackage
from projects.presentation.ecosystem import BoardUse

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def most_used_packages(user: User, index_id: int, extra: Sequence[str], most: int) -> dict[str, BoardUse]:
    """Return how many projects use each of the most used packages of an index, and of `extra`. One query.

    Only numbers leave the projects: who uses a package is not said.
    """
    yours = Project.objects.visible_to(user)
    used = ProjectPackage.objects.filter(package__index=index_id, package__state="current", project__deleted_at=None)
    counted = (
        used.values_list("package__name")
        .annotate(projects=Count("project"), yours=Count("project", filter=Q(project__in=yours)))
        .order_by("-projects", "package__name")
    )
    found = {name: BoardUse(projects, bool(own)) for name, projects, own in counted[:most]}
    return dict.fromkeys(extra, BoardUse()) | found
