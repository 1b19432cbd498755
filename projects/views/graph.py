"""The drawing of which package of a project asks for which on one target."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.access import HtmxHttpRequest, get_project
from projects.presentation.graph.page import graph_page
from projects.presentation.graph.query import GraphQuery
from projects.selectors.targets import all_packages


@require_safe
@login_required
def project_graph(request: HtmxHttpRequest, slug: str, target: str) -> HttpResponse:
    """Draw the packages of a target, all or those around one, at a size."""
    project = get_project(request, slug)
    results = all_packages(project, target)
    if results is None:
        raise Http404
    page = graph_page(target, results, GraphQuery.parse(dict(request.GET.lists())))
    return render(request, "projects/graph.html", {"area": "projects", "project": project, "page": page})
