"""The packages that the user's projects rest on, and the page of one."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects.access import HtmxHttpRequest
from projects.domain.columns import columns_of
from projects.domain.freshness import is_stale
from projects.domain.package_history import tell_history
from projects.domain.package_matrix import matrix_columns, matrix_row
from projects.selectors import package_list, targets_in_use, uses_package
from scanner.domain.targets import parse_target
from scanner.services.indexes import get_index
from scanner.services.package_pages import package_page

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
    """Releases by target, with how fresh they are. Only for packages of the user's own projects."""
    if "\0" in name or not uses_package(request.user, name):
        raise Http404
    everything = columns_of(targets_in_use(request.user))
    columns = matrix_columns(everything, request.GET.getlist("target"), _COLUMNS_AT_FIRST)
    limit = _MOST_RELEASES if request.GET.get("releases") == "all" else _RELEASES_AT_FIRST
    page = package_page(get_index().pk, name, [parse_target(column.slug) for column in columns], limit)
    if page is None:
        raise Http404
    context = {
        "area": "packages",
        "page": page,
        "columns": columns,
        "everything": everything,
        "rows": [matrix_row(release.version, release.uploaded_at, release.offers) for release in page.releases],
        "history": tell_history(page.events, [column.slug for column in everything], _HISTORY),
        "is_stale": is_stale(page.checked_at, timezone.now()),
    }
    return render(request, "packages/detail.html", context)
