"""The audit of a project's source."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.access import HtmxHttpRequest, can_edit, get_project
from projects.selectors.audit import newest_audit


@require_safe
@login_required
def project_audit(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Show what the source at the last commit imports, and where its files name a Python."""
    project = get_project(request, slug)
    context = {"area": "projects", "project": project, "page": newest_audit(project), "can_edit": can_edit(project)}
    return render(request, "projects/audit.html", context)
