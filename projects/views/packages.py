"""The list of packages that the user's projects use, and the page of one package."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe
from msgspec.structs import replace

from projects.access import HtmxHttpRequest, get_project
from projects.models import Project
from projects.presentation.columns import Column, columns_of, in_order
from projects.presentation.known_breaks import break_row
from projects.presentation.name_confusion import find_notice
from projects.presentation.package.comparison import ComparisonText, describe_comparison
from projects.presentation.package.files import FileList, FileQuery, file_list
from projects.presentation.package.listing import PackageListQuery
from projects.presentation.package.matrix import matrix_columns
from projects.presentation.package.page import PackagePage, newest_release, package_page
from projects.presentation.package.timeline import Timeline, timeline
from projects.selectors import (
    PackagePlace,
    package_list,
    package_places,
    package_uses,
    stored_confusions,
    targets_in_use,
)
from scanner.domain.releases.comparison import compare_releases
from scanner.domain.releases.first_wheels import forecast, lags
from scanner.domain.releases.package_details import PackageDetails, ReleaseListing
from scanner.domain.targets.pythons import PYTHONS, Implementation
from scanner.domain.targets.target import Target, parse_target
from scanner.selectors.comparison import compared_releases
from scanner.selectors.first_wheels import first_wheels
from scanner.selectors.known_breaks import originated_breaks
from scanner.selectors.package_page import package_details, release_listing
from scanner.services.indexes import get_index

_FIRST_RELEASES = 20
_FIRST_COLUMNS = 12
_MOST_RELEASES = 2000
_TIMELINE_PLATFORMS = 4
_TIMELINE_PYTHONS = tuple(
    python for python in PYTHONS if python.implementation is Implementation.CPYTHON and python.version >= (3, 9)
)


@require_safe
@login_required
def packages(request: HtmxHttpRequest) -> HttpResponse:
    """Show a page of the packages, filtered by name and sorted."""
    query = PackageListQuery.parse(dict(request.GET.lists()))
    page = package_list(request.user, query, timezone.now())
    return render(request, "packages/list.html", {"area": "packages", "page": page})


@require_safe
@login_required
def package(request: HtmxHttpRequest, name: str) -> HttpResponse:
    """Show a package of the user's projects on the shared index.

    Redirects to the page of a project when only an index of that project has the package.
    """
    places = package_places(Project.objects.visible_to(request.user), name) if "\0" not in name else []
    if not places:
        raise Http404
    own = [place for place in places if place.is_private and place.is_there]
    if own and not any(place.is_there for place in places if not place.is_private):
        return redirect("project-package", slug=own[0].project_slug, name=name)
    index = get_index()
    page = _page(request, index.pk, index.url, name, targets_in_use(request.user))
    return render(request, "packages/detail.html", {"area": "packages", "page": page, "elsewhere": own})


@require_safe
@login_required
def project_package(request: HtmxHttpRequest, slug: str, name: str) -> HttpResponse:
    """Show a package on an index of the project: the requested one, else the first private one that has it."""
    project = get_project(request, slug)
    places = package_places(Project.objects.filter(pk=project.pk), name) if "\0" not in name else []
    if not places:
        raise Http404
    place = _chosen(places, request.GET.get("index", ""))
    context = {
        "area": "packages",
        "page": _page(request, place.index_id, place.url, name, list(project.targets.values_list("slug", flat=True))),
        "project": project,
        "place": place,
        "places": places,
        "confusion": find_notice(stored_confusions(project), name),
    }
    return render(request, "packages/detail.html", context)


def _chosen(places: Sequence[PackagePlace], index: str) -> PackagePlace:
    requested = next((place for place in places if str(place.index_id) == index), None)
    return requested or min(places, key=lambda place: (not place.is_there, not place.is_private))


def _page(request: HtmxHttpRequest, index_id: int, index_url: str, name: str, targets: Sequence[str]) -> PackagePage:
    all_columns = columns_of(targets)
    columns = in_order(matrix_columns(all_columns, request.GET.getlist("target"), _FIRST_COLUMNS))
    limit = _MOST_RELEASES if request.GET.get("releases") == "all" else _FIRST_RELEASES
    details = package_details(index_id, name, [parse_target(column.slug) for column in columns], limit)
    if details is None:
        raise Http404
    targets_shown = [parse_target(column.slug) for column in columns]
    return package_page(
        details,
        columns,
        all_columns,
        timezone.now(),
        index_url=index_url,
        uses=package_uses(request.user, [name]),
        timeline=_timeline(index_id, name, all_columns),
        comparison=_comparison(request, index_id, name, targets_shown),
        files=_files(request, index_id, details),
        breaks=[break_row(one.fact, one.origin.value) for one in originated_breaks() if one.fact.package == name],
    )


def _files(request: HtmxHttpRequest, index_id: int, details: PackageDetails) -> FileList | None:
    """Return the files of the chosen release, of the newest one where none or an unknown one is chosen."""
    query = FileQuery.parse(request.GET.dict())
    newest = newest_release(details) or next(iter(details.releases), None)
    found = release_listing(index_id, details.name, query.version) if query.version else ReleaseListing()
    if not found.files and newest is not None:
        query = replace(query, version=newest.version)
        found = release_listing(index_id, details.name, newest.version)
    return file_list(query.version, found, query)


def _timeline(index_id: int, name: str, columns: Sequence[Column]) -> Timeline | None:
    """Return the first wheels on the first platforms of the columns."""
    platforms = {column.platform_slug: column for column in columns if column.platform}
    shown = [parse_target(column.slug).platform for column in list(platforms.values())[:_TIMELINE_PLATFORMS]]
    if not shown:
        return None
    targets = [Target(python, platform) for platform in shown for python in _TIMELINE_PYTHONS]
    found = first_wheels([index_id], [name], targets).get(name)
    if found is None:
        return None
    width, today = len(_TIMELINE_PYTHONS), timezone.now().date()
    by_platform = {
        f"{platform.label} {platform.floor_label}".strip(): found.wheels[at * width : (at + 1) * width]
        for at, platform in enumerate(shown)
    }
    first = found.wheels[:width]
    # Where another platform has its wheel, the platform is what is waited for, and past Pythons say nothing about it.
    served = {wheel.target.python for wheel in found.wheels if wheel.served}
    waiting = [python for python in _TIMELINE_PYTHONS if python not in served]
    coming = (forecast(first, python, found.since, today) for python in waiting)
    return timeline(
        by_platform,
        _TIMELINE_PYTHONS,
        today,
        lags=lags(first, found.since),
        forecast=next(filter(None, coming), None),
    )


def _comparison(request: HtmxHttpRequest, index_id: int, name: str, targets: Sequence[Target]) -> ComparisonText | None:
    """Return the difference between the releases of the query; None unless there are two."""
    before, after = (request.GET.get(key, "").replace("\0", "")[:100] for key in ("from", "to"))
    if not before or not after:
        return None
    found = compared_releases(index_id, name, [before, after], targets)
    if before not in found or after not in found:
        return None
    return describe_comparison(compare_releases(found[before], found[after]), targets)
