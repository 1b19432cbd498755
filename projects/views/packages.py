"""The list of packages that the user's projects use, and the page of one package."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects.access import HtmxHttpRequest, get_project
from projects.models import Project
from projects.presentation.columns import columns_of
from projects.presentation.name_confusion import find_notice
from projects.presentation.package.matrix import matrix_columns
from projects.presentation.package.page import PackagePage, package_page
from projects.selectors import PackagePlace, package_list, package_places, stored_confusions, targets_in_use
from scanner.domain.targets.target import parse_target
from scanner.selectors.package_page import package_details
from scanner.services.indexes import get_index

_FIRST_RELEASES = 20
_FIRST_COLUMNS = 12
_MOST_RELEASES = 2000


@require_safe
@login_required
def packages(request: HtmxHttpRequest) -> HttpResponse:
    """Show the packages, filtered by name."""
    name = request.GET.get("q", "").replace("\0", "").strip().lower()[:100]
    lines = package_list(request.user, name, timezone.now())
    context = {"area": "packages", "packages": lines, "name": name}
    return render(request, "packages/list.html", context)


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
    page = _page(request, get_index().pk, name, targets_in_use(request.user))
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
        "page": _page(request, place.index_id, name, list(project.targets.values_list("slug", flat=True))),
        "project": project,
        "place": place,
        "places": places,
        "confusion": find_notice(stored_confusions(project), name),
    }
    return render(request, "packages/detail.html", context)


def _chosen(places: Sequence[PackagePlace], index: str) -> PackagePlace:
    requested = next((place for place in places if str(place.index_id) == index), None)
    return requested or min(places, key=lambda place: (not place.is_there, not place.is_private))


def _page(request: HtmxHttpRequest, index_id: int, name: str, targets: Sequence[str]) -> PackagePage:
    all_columns = columns_of(targets)
    columns = matrix_columns(all_columns, request.GET.getlist("target"), _FIRST_COLUMNS)
    limit = _MOST_RELEASES if request.GET.get("releases") == "all" else _FIRST_RELEASES
    details = package_details(index_id, name, [parse_target(column.slug) for column in columns], limit)
    if details is None:
        raise Http404
    return package_page(details, columns, all_columns, timezone.now())
