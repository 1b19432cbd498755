"""The decision sheet of a project for one target: a page for printing, Markdown and JSON."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from projects.access import HtmxHttpRequest, can_edit, get_project
from projects.presentation.report.decision_page import decision_page
from projects.presentation.report.decision_text import decision_json
from projects.presentation.report.rendering import render_page
from projects.services.decisions import project_decision
from projects.services.upgrades import request_fetch
from projects.views.downloads import download, language_of_format
from scanner.domain.translation import gettext


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def project_decide(request: HtmxHttpRequest, slug: str, target: str) -> HttpResponse:
    """Show the sheet; `?format=markdown` and `?format=json` download it. A POST fetches what its options lack."""
    project = get_project(request, slug, edit=request.method == "POST")
    found = project_decision(project, target, timezone.now())
    if found is None:
        raise Http404
    if request.method == "POST":
        for one, query in found.missing:
            request_fetch(project, one, query)
        messages.success(request, gettext("The missing data is being fetched from the index."))
        return redirect("project-decide", slug=slug, target=target)
    form = request.GET.get("format")
    with language_of_format(form):
        page = decision_page(found.sheet, found.facts)
        text = decision_json(found.sheet, found.facts, page) if form == "json" else ""
    match form:
        case "markdown":
            return download(render_page(page), "text/markdown; charset=utf-8", f"{slug}-decision-{target}.md")
        case "json":
            return download(text, "application/json", f"{slug}-decision-{target}.json", is_english=True)
    context = {
        "area": "projects",
        "project": project,
        "page": page,
        "kind": "decision",
        "target": target,
        "can_fetch": bool(found.missing) and can_edit(project),
    }
    return render(request, "projects/report.html", context)
