"""The change requests that move a project's repositories to a target: their state, and asking for one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from projects.access import HtmxHttpRequest, can_edit, get_project
from projects.audit_trail import log_change
from projects.domain.logged_action import LoggedAction
from projects.models import Repository
from projects.selectors.move_requests import move_request_list
from projects.services.move_requests.ask import ask_for_request
from scanner.domain.translation import gettext


@never_cache
@require_safe
@login_required
def move_requests(request: HtmxHttpRequest, slug: str, target: str) -> HttpResponse:
    """Return the part of a page that lists the requests of a move."""
    project = get_project(request, slug)
    context = {
        "project": project,
        "target": target,
        "requests": move_request_list(project, target),
        "can_edit": can_edit(project),
    }
    return render(request, "projects/_move_requests.html", context)


@require_POST
@login_required
def move_request(request: HtmxHttpRequest, slug: str, target: str, pk: int) -> HttpResponse:
    """Have the request opened at the host of a followed repository; once, however often it is asked for."""
    project = get_project(request, slug, edit=True)
    if not project.targets.filter(slug=target).exists():
        raise Http404
    repository = get_object_or_404(Repository.objects.followed().select_related("project"), project=project, pk=pk)
    log_change(request, LoggedAction.REQUEST_ASKED, project, after=f"{repository} ({target})")
    ask_for_request(repository, target, request.user, timezone.now())
    messages.success(request, gettext("The request is being opened."))
    return redirect("project-move", slug=slug, target=target)
