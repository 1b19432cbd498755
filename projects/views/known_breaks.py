"""The known breaks for a project: the list, adding one, contesting one, and taking either back."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects.access import HtmxHttpRequest, can_edit, get_project
from projects.audit_trail import log_change
from projects.domain.logged_action import LoggedAction
from projects.forms.known_breaks import BreakForm, ContestForm
from projects.models import TeamBreak
from projects.presentation.known_breaks import where_text
from projects.selectors.known_breaks import MOST_ROWS, break_rows, find_break
from projects.services.team_breaks import add_break, contest_break, end_break
from scanner.domain.evidence.wheel_reading import source_text
from scanner.domain.translation import gettext


@require_safe
@login_required
def project_breaks(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """List the releases that are known to break, with what the team says of them."""
    project = get_project(request, slug)
    name = request.GET.get("q", "").strip().lower()[:200]
    context = {
        "area": "projects",
        "project": project,
        "breaks": break_rows(project, name),
        "most": MOST_ROWS,
        "query": name,
        "can_edit": can_edit(project),
    }
    return render(request, "projects/breaks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def break_add(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Add a known break for the team's projects."""
    project = get_project(request, slug, edit=True)
    form = BreakForm(
        request.POST if request.method == "POST" else None, initial={"package": request.GET.get("package")}
    )
    if form.is_valid():
        made = add_break(project.team, form.cleaned_data["entry"], request.user, timezone.now())
        log_change(request, LoggedAction.BREAK_ADDED, project, after=made.package)
        text = gettext("The break of {package} is recorded. The team's projects are assessed again.")
        messages.success(request, text.format(package=made.package))
        return redirect("project-breaks", slug=slug)
    context = {"area": "projects", "project": project, "form": form, "title": gettext("Add a known break")}
    return render(request, "projects/break.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def break_contest(request: HtmxHttpRequest, slug: str, key: str) -> HttpResponse:
    """Contest a known break with a reason: it does not count for the team's projects."""
    project = get_project(request, slug, edit=True)
    fact = find_break(project, key)
    if fact is None:
        raise Http404
    form = ContestForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        contest_break(project.team, fact, form.cleaned_data["reason"], request.user, timezone.now())
        log_change(request, LoggedAction.BREAK_CONTESTED, project, after=fact.package)
        text = gettext("The break of {package} is contested. The team's projects are assessed again.")
        messages.success(request, text.format(package=fact.package))
        # Others of the package still count: it may be known from several sources.
        return redirect(f"{reverse('project-breaks', args=[slug])}?{urlencode({'q': fact.package})}")
    context = {
        "area": "projects",
        "project": project,
        "form": form,
        "title": gettext("Contest a break of {package}").format(package=fact.package),
        "fact": fact,
        "where": where_text(fact),
        "source": source_text(fact.source),
    }
    return render(request, "projects/break.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def break_end(request: HtmxHttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take back what the team said of a break."""
    project = get_project(request, slug, edit=True)
    row = get_object_or_404(TeamBreak, pk=pk, team=project.team_id)
    end_break(row, request.user, timezone.now())
    log_change(request, LoggedAction.BREAK_TAKEN_BACK, project, before=row.package)
    messages.success(request, gettext("It is taken back. The team's projects are assessed again."))
    return redirect("project-breaks", slug=slug)
