"""The report of a project for one target: a page for printing, Markdown and JSON."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects.access import HtmxHttpRequest, get_project
from projects.presentation.report.page import report_page
from projects.presentation.report.rendering import render_json, render_markdown
from projects.services.reports import stored_report
from projects.views.downloads import download, language_of_format


@require_safe
@login_required
def project_report(request: HtmxHttpRequest, slug: str, target: str) -> HttpResponse:
    """Show the report of one target; `?format=markdown` and `?format=json` download it."""
    project, form = get_project(request, slug), request.GET.get("format")
    with language_of_format(form):
        report = stored_report(project, target, timezone.now())
    if report is None:
        raise Http404
    match form:
        case "markdown":
            return download(render_markdown(report), "text/markdown; charset=utf-8", f"{slug}-{target}.md")
        case "json":
            return download(render_json(report), "application/json", f"{slug}-{target}.json", is_english=True)
    context = {"area": "projects", "project": project, "page": report_page(report), "kind": "report", "target": target}
    return render(request, "projects/report.html", context)
