"""The report of a project for one target, as a page made for print, as Markdown and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects.access import HtmxHttpRequest, get_project
from projects.presentation.report.html import page_context
from projects.presentation.report.markdown import as_markdown
from projects.services.reports import stored_report


@require_safe
@login_required
def project_report(request: HtmxHttpRequest, slug: str, target: str) -> HttpResponse:
    """What the newest assessment says about one target; `?format=markdown` and `?format=json` give it to take away."""
    project = get_project(request, slug)
    report = stored_report(project, target, timezone.now())
    if report is None:
        raise Http404
    match request.GET.get("format"):
        case "markdown":
            return _download(as_markdown(report), "text/markdown; charset=utf-8", f"{slug}-{target}.md")
        case "json":
            text = json.dumps(asdict(report), indent=2, ensure_ascii=False) + "\n"
            return _download(text, "application/json", f"{slug}-{target}.json")
    context = {"area": "projects", "project": project, **page_context(report)}
    return render(request, "projects/report.html", context)


def _download(text: str, kind: str, name: str) -> HttpResponse:
    return HttpResponse(text, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
