"""The packages that the user's projects rest on, and the page of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects.access import HtmxHttpRequest, get_project
from projects.models import Project
from projects.presentation.columns import columns_of
from projects.presentation.freshness import is_stale
from projects.presentation.name_confusion import find_notice
from projects.presentation.package.history import history_lines
from projects.presentation.package.matrix import matrix_columns, matrix_row
from projects.selectors import PackagePlace, package_list, package_places, stored_confusions, targets_in_use
from scanner.domain.targets.target import parse_target
from scanner.selectors.package_page import package_page
from scanner.services.indexes import get_index

_RELEASES_AT_FIRST = 20
_COLUMNS_AT_FIRST = 12
_MOST_RELEASES = 2000
_HISTORY = 30


@require_safe
@login_required
def packages(request: HtmxHttpRequest) -> HttpResponse:
    """The list, filtered by name."""
    name = request.GET.get("q", "").replace("\0", "").strip().lower()[:100]
    lines = package_list(request.user, name, timezone.now())
    context = {"area": "packages", "packages": lines, "name": name}
    return render(request, "packages/list.html", context)


@require_safe
@login_required
def package(request: HtmxHttpRequest, name: str) -> HttpResponse:
    """Releases by target on the index that everybody shares. Only for packages of the user's own projects.

    A package that only a project's own index has is found on that project's page of it.
    """
    places = package_places(Project.objects.visible_to(request.user), name) if "\0" not in name else []
    if not places:
        raise Http404
    own = [place for place in places if place.is_private and place.is_there]
    if own and not any(place.is_there for place in places if not place.is_private):
        return redirect("project-package", slug=own[0].project_slug, name=name)
    context = _context(request, get_index().pk, name, targets_in_use(request.user))
    return render(request, "packages/detail.html", {**context, "elsewhere": own})


@require_safe
@login_required
def project_package(request: HtmxHttpRequest, slug: str, name: str) -> HttpResponse:
    """Releases by target on one of the project's indexes: the one asked for, else the first of its own that has it."""
    project = get_project(request, slug)
    places = package_places(Project.objects.filter(pk=project.pk), name) if "\0" not in name else []
    if not places:
        raise Http404
    place = _chosen(places, request.GET.get("index", ""))
    context = {
        **_context(request, place.index_id, name, list(project.targets.values_list("slug", flat=True))),
        "project": project,
        "place": place,
        "places": places,
        "confusion": find_notice(stored_confusions(project), name),
    }
    return render(request, "packages/detail.html", context)


def _chosen(places: Sequence[PackagePlace], index: str) -> PackagePlace:
    asked = next((place for place in places if str(place.index_id) == index), None)
    return asked or min(places, key=lambda place: (not place.is_there, not place.is_private))


def _context(request: HtmxHttpRequest, index_id: int, name: str, targets: Sequence[str]) -> dict[str, Any]:
    everything = columns_of(targets)
    columns = matrix_columns(everything, request.GET.getlist("target"), _COLUMNS_AT_FIRST)
    limit = _MOST_RELEASES if request.GET.get("releases") == "all" else _RELEASES_AT_FIRST
    page = package_page(index_id, name, [parse_target(column.slug) for column in columns], limit)
    if page is None:
        raise Http404
    return {
        "area": "packages",
        "page": page,
        "columns": columns,
        "everything": everything,
        "rows": [matrix_row(release.version, release.uploaded_at, release.offers) for release in page.releases],
        "history": history_lines(page.events, [column.slug for column in everything], _HISTORY),
        "is_stale": is_stale(page.checked_at, timezone.now()),
    }
