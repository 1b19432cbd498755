"""The move of a project's files to a target: a page, and its patch in both directions."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from projects.access import HtmxHttpRequest, can_edit, get_project
from projects.models import Project
from projects.presentation.audit.move_page import MoveChoice, move_page
from projects.presentation.audit.move_text import move_patch
from projects.presentation.target_grid import MOST_TARGETS
from projects.selectors.move_requests import move_request_list
from projects.services.moves import ProjectMove, project_move
from projects.services.plan_files import restore_logins
from projects.services.projects import add_target
from projects.views.downloads import download
from scanner.domain.targets.target import UnknownTarget, parse_target
from scanner.domain.translation import gettext

_DIRECTIONS = {"patch": False, "reverse": True}


@require_safe
@login_required
def project_move_page(request: HtmxHttpRequest, slug: str, target: str) -> HttpResponse:
    """Show what a move to a target changes, and the patch of what is chosen."""
    project = get_project(request, slug)
    whole = _move(project, target)
    choice = MoveChoice.parse(dict(request.GET.lists()))
    chosen = whole.leaving(choice.skipped(whole.move))
    page = move_page(
        whole.result,
        whole.move,
        chosen.move,
        choice,
        move_patch(chosen.move),
        whole.commands,
        whole.problems,
    )
    context = {
        "area": "projects",
        "project": project,
        "page": page,
        "snapshot": whole.snapshot,
        "has_source": whole.has_source,
        "can_edit": can_edit(project),
        "requests": move_request_list(project, target),
    }
    return render(request, "projects/move.html", context)


@require_safe
@login_required
def project_move_patch(request: HtmxHttpRequest, slug: str, target: str, direction: str) -> HttpResponse:
    """Return the chosen patch, or the one that takes it back; 404 where nothing changes."""
    project = get_project(request, slug)
    if direction not in _DIRECTIONS:
        raise Http404
    whole = _move(project, target)
    chosen = whole.leaving(MoveChoice.parse(dict(request.GET.lists())).skipped(whole.move))
    text = move_patch(chosen.move, is_reversed=_DIRECTIONS[direction])
    if not text:
        raise Http404
    if can_edit(project):
        text = restore_logins(whole.snapshot, text)
    name = f"{slug}-{'to' if direction == 'patch' else 'back-from'}-{target}.patch"
    return download(text, "text/x-patch; charset=utf-8", name, is_english=True)


@require_POST
@login_required
def project_target_add(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Add one target to a project, such as one that its files run on."""
    project = get_project(request, slug, edit=True)
    try:
        target = parse_target(request.POST.get("target", ""))
    except UnknownTarget as error:
        raise Http404 from error
    if add_target(project, target.slug, most=MOST_TARGETS):
        messages.success(
            request, gettext("{target} was added. The project is being assessed again.").format(target=target.label)
        )
    else:
        text = gettext("A project has at most {number} targets: take one out first.")
        messages.error(request, text.format(number=MOST_TARGETS))
    return redirect("project-audit", slug=slug)


def _move(project: Project, target: str) -> ProjectMove:
    """Return the move; raise Http404 where the project lacks the target, or it is not assessed yet."""
    found = project_move(project, target) if project.targets.filter(slug=target).exists() else None
    if found is None:
        raise Http404
    return found
