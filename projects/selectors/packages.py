"""The packages that the user's projects use, for the package pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Min, QuerySet

from projects.models import Project, ProjectPackage, ProjectTarget
from projects.presentation.freshness import is_stale

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(frozen=True, slots=True)
class PackageLine:
    """One package with the user's projects that use it, as (slug, name).

    `index_url` is empty for the shared index. Any other index belongs to one project.
    """

    name: str
    state: str
    status: str
    checked_at: datetime | None
    is_stale: bool
    last_error: str
    projects: tuple[tuple[str, str], ...]
    index_url: str


@dataclass(frozen=True, slots=True)
class PackagePlace:
    """One index on which a project looks for a package. `url` has no login; `is_there`: the index has the package."""

    project_slug: str
    project_name: str
    index_id: int
    url: str
    is_private: bool
    is_there: bool


def package_list(user: User, name: str, now: datetime) -> list[PackageLine]:
    """Return the packages of the user's projects whose name contains `name`, by name. One query."""
    rows = (
        ProjectPackage.objects.filter(project__in=Project.objects.visible_to(user), package__name__icontains=name)
        .select_related("package__index", "project")
        .order_by("package__name", "package_id", "project__name", "project_id")
    )
    found: dict[int, list[ProjectPackage]] = {}
    for row in rows:
        found.setdefault(row.package_id, []).append(row)
    return [_line(used, now) for used in found.values()]


def package_places(projects: QuerySet[Project], name: str) -> list[PackagePlace]:
    """Where these projects, or rather those of them that rest on it, look for the package; by project. One query."""
    rows = (
        ProjectPackage.objects.filter(project__in=projects, package__name=name)
        .select_related("package__index", "project")
        .order_by("project__slug", "package__index")
    )
    return [
        PackagePlace(
            project_slug=row.project.slug,
            project_name=row.project.name,
            index_id=row.package.index_id,
            url=row.package.index.url,
            is_private=bool(row.package.index.scope),
            is_there=row.package.state == "current",
        )
        for row in rows
    ]


def targets_in_use(user: User) -> list[str]:
    """Return the distinct targets of the user's projects in column order. One query."""
    mine = ProjectTarget.objects.filter(project__in=Project.objects.visible_to(user))
    return list(mine.values_list("slug", flat=True).annotate(at=Min("position")).order_by("at", "slug"))


def _line(used: list[ProjectPackage], now: datetime) -> PackageLine:
    package = used[0].package
    return PackageLine(
        name=package.name,
        state=package.get_state_display(),
        status=package.status,
        checked_at=package.checked_at,
        is_stale=is_stale(package.checked_at, now),
        last_error=package.last_error,
        projects=tuple((row.project.slug, row.project.name) for row in used),
        index_url=package.index.url if package.index.scope else "",
    )
