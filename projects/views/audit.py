"""The audit of a project's source."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from projects.access import HtmxHttpRequest, can_edit, get_project
from projects.forms.source import ArchiveForm
from projects.models import Project
from projects.selectors.audit import newest_audit
from projects.services.audit.uploaded_source import submit_archive
from projects.views.uploads import count_upload
from scanner.domain.translation import gettext


@require_safe
@login_required
def project_audit(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Show what the source at the last commit imports, and where its files name a Python."""
    return _page(request, get_project(request, slug), ArchiveForm())


@require_POST
@login_required
def project_archive(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Take an archive of the source, which a job audits."""
    project = get_project(request, slug, edit=True)
    count_upload(request)
    form = ArchiveForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, project, form)
    submit_archive(project, form.cleaned_data["name"], form.cleaned_data["archive"], request.user, timezone.now())
    messages.success(request, gettext("The archive is being audited. Reload this page in a minute."))
    return redirect("project-audit", slug=slug)


def _page(request: HtmxHttpRequest, project: Project, form: ArchiveForm) -> HttpResponse:
    context = {
        "area": "projects",
        "project": project,
        "page": newest_audit(project),
        "can_edit": can_edit(project),
        "form": form,
    }
    return render(request, "projects/audit.html", context, status=422 if form.errors else 200)
