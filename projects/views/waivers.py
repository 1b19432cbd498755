"""The waivers of a project: the list, making one, and ending it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects.access import HtmxHttpRequest, can_edit, get_project
from projects.audit_trail import log_change
from projects.domain.assessment.waivers import WaiverKind
from projects.domain.logged_action import LoggedAction
from projects.forms.waivers import WaiverForm, usual_values
from projects.models import PackageWaiver
from projects.selectors.waivers import waiver_rows
from projects.services.waivers import end_waiver, make_waiver
from scanner.domain.translation import gettext


@require_safe
@login_required
def project_waivers(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """List what the team accepts and ignores, with what ended."""
    project = get_project(request, slug)
    context = {
        "area": "projects",
        "project": project,
        "waivers": waiver_rows(project, timezone.now()),
        "can_edit": can_edit(project),
    }
    return render(request, "projects/waivers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def waiver_add(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Accept a build or ignore a package."""
    project = get_project(request, slug, edit=True)
    now = timezone.now()
    form = WaiverForm(
        request.POST if request.method == "POST" else None,
        project=project,
        today=now.date(),
        initial=usual_values(request.user, request.GET, now.date()),
    )
    if form.is_valid():
        given = form.cleaned_data
        made = make_waiver(
            project,
            WaiverKind(given["kind"]),
            given["package"],
            given["target"],
            reason=given["reason"],
            owner=given["owner"],
            until=given["until"],
            user=request.user,
            now=now,
        )
        log_change(request, LoggedAction.WAIVER_MADE, project, after=f"{given['kind']} {made.name}")
        text = gettext("{package} is waived until {day}. The project is being assessed again.")
        messages.success(request, text.format(package=made.name, day=made.until))
        return redirect("project-waivers", slug=slug)
    context = {"area": "projects", "project": project, "form": form}
    return render(request, "projects/waiver.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def waiver_end(request: HtmxHttpRequest, slug: str, pk: int) -> HttpResponse:
    """End a waiver: the package counts again."""
    project = get_project(request, slug, edit=True)
    waiver = get_object_or_404(PackageWaiver, pk=pk, project=project)
    end_waiver(waiver, request.user, timezone.now())
    log_change(request, LoggedAction.WAIVER_ENDED, project, before=f"{waiver.kind} {waiver.name}")
    text = gettext("{package} counts again. The project is being assessed again.")
    messages.success(request, text.format(package=waiver.name))
    return redirect("project-waivers", slug=slug)
