"""The packages that the user's projects use, for the package pages."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Min, QuerySet
from msgspec import Struct

from projects.models import Project, ProjectPackage, ProjectTarget
from projects.presentation.freshness import is_stale
from projects.presentation.package.listing import PAGE_SIZE, PackageLine, PackageListPage, PackageListQuery
from projects.presentation.package.uses import StoredUse, UseCell, worst_cells
from projects.presentation.portfolio.obstacles import names_in_the_way
from projects.presentation.portfolio.query import PortfolioQuery
from projects.selectors.package_uses import package_uses
from projects.selectors.portfolio import portfolio_state
from scanner.domain.files.project_links import ProjectLink
from scanner.domain.index_faults import index_fault_text
from scanner.selectors.package_page import newest_links

if TYPE_CHECKING:
    from django.contrib.auth.models import User


_ORDERS = {
    "projects": ("-projects", "package__name", "package_id"),
    "name": ("package__name", "package_id"),
    "checked": ("package__checked_at", "package__name", "package_id"),
}

# So many names are in one statement.
_MOST_RANKED = 300


class PackagePlace(Struct, frozen=True):
    """One index on which a project looks for a package. `url` has no login; `is_there`: the index has the package."""

    project_slug: str
    project_name: str
    index_id: int
    url: str
    is_private: bool
    is_there: bool


def package_list(user: User, query: PackageListQuery, now: datetime) -> PackageListPage:
    """Return one page of the packages of the user's projects whose name contains the text.

    Eight queries at most; twelve more for the order by what is most in the way.
    """
    used = ProjectPackage.objects.filter(project__in=Project.objects.visible_to(user))
    if query.name:
        used = used.filter(package__name__icontains=query.name)
    groups = used.values("package_id").annotate(projects=Count("project"))
    total = groups.count()
    shown = min(query.page, max(1, -(-total // PAGE_SIZE)))
    first = (shown - 1) * PAGE_SIZE
    ranked: list[str] = []
    if query.sort == "way":
        state = portfolio_state(user, PortfolioQuery(), now)
        ranked = names_in_the_way(state.projects, state.headlines)[:_MOST_RANKED]
    pks = _page(groups, query, first, ranked)
    found: dict[int, list[ProjectPackage]] = {pk: [] for pk in pks}
    for row in used.filter(package__in=pks).select_related("package__index", "project").order_by("project__name", "pk"):
        found[row.package_id].append(row)
    uses = package_uses(user, {rows[0].package.name for rows in found.values() if rows})
    by_name: dict[str, list[StoredUse]] = {}
    for use in uses.uses:
        by_name.setdefault(use.cell.name, []).append(use)
    return PackageListPage(
        query=query,
        page=shown,
        total=total,
        headlines=uses.headlines,
        rows=tuple(
            _line(rows, worst_cells(by_name.get(rows[0].package.name, ()), uses.headlines), now)
            for rows in found.values()
            if rows
        ),
    )


def _page(groups: QuerySet[ProjectPackage, Any], query: PackageListQuery, first: int, ranked: list[str]) -> list[int]:
    """Return the packages of one page. Those whose names are ranked come first, in that order."""
    order = _ORDERS.get(query.sort, _ORDERS["projects"])
    at = {name: rank for rank, name in enumerate(ranked)}
    found = groups.filter(package__name__in=ranked).values_list("package__name", "package_id") if ranked else ()
    pks = [pk for _, pk in sorted(found, key=lambda one: (at[one[0]], one[1]))]
    rest = groups.exclude(package__name__in=ranked).order_by(*order)[max(0, first - len(pks)) :]
    shown = pks[first : first + PAGE_SIZE]
    return [*shown, *(row["package_id"] for row in rest[: PAGE_SIZE - len(shown)])]


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


def upstream_links(project: Project, name: str, version: str) -> tuple[ProjectLink, ...]:
    """Return the links that a release of a package names, on any index of the project. Two queries."""
    packages = ProjectPackage.objects.filter(project=project, package__name=name)
    return newest_links(list(packages.values_list("package_id", flat=True)), version)


def targets_in_use(user: User) -> list[str]:
    """Return the distinct targets of the user's projects in column order. One query."""
    mine = ProjectTarget.objects.filter(project__in=Project.objects.visible_to(user))
    return list(mine.values_list("slug", flat=True).annotate(at=Min("position")).order_by("at", "slug"))


def _line(used: list[ProjectPackage], cells: tuple[UseCell | None, ...], now: datetime) -> PackageLine:
    package = used[0].package
    return PackageLine(
        name=package.name,
        state=package.get_state_display(),
        status=package.status,
        checked_at=package.checked_at,
        is_stale=is_stale(package.checked_at, now),
        last_error=index_fault_text(package.last_error),
        projects=tuple((row.project.slug, row.project.name) for row in used),
        index_url=package.index.url if package.index.scope else "",
        cells=cells,
    )
