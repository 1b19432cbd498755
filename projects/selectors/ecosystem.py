"""The packages that most projects of this installation use."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count

from projects.models import ProjectPackage


def most_used_packages(index_id: int, extra: Sequence[str], most: int) -> dict[str, int]:
    """Return how many projects use each of the most used packages of an index, and of `extra`. One query.

    Only numbers leave the projects: who uses a package is not said.
    """
    used = ProjectPackage.objects.filter(package__index=index_id, package__state="current", project__deleted_at=None)
    counted = (
        used.values_list("package__name").annotate(projects=Count("project")).order_by("-projects", "package__name")
    )
    return dict.fromkeys(extra, 0) | dict(counted[:most])
