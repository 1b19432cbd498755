"""The settings of a project that only a manager changes: its name and tags, deleting it, and undoing that."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from projects.access import HtmxHttpRequest, can_manage, get_project
from projects.audit_trail import log_change
from projects.domain.logged_action import LoggedAction
from projects.forms.settings import ProjectSettingsForm, check_name_is_free
from projects.forms.teams import TeamChoiceForm
from projects.models import Project
from projects.services.project_removal import UNDO_WITHIN, delete_project, restore_project
from projects.ways_in import recent_sign_in_required
from scanner.domain.translation import gettext, ngettext, noop

_ONLY_MANAGERS = noop("Only a manager of this project can rename or delete it.")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def project_settings(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Rename and tag a project."""
    project = _managed(request, slug)
    form = ProjectSettingsForm({"name": project.name, "tags": ", ".join(project.tags)})
    if request.method == "POST":
        form = ProjectSettingsForm(request.POST)
        if form.is_valid() and check_name_is_free(form, request.user, project):
            if project.name != form.cleaned_data["name"]:
                log_change(
                    request, LoggedAction.PROJECT_RENAMED, project, before=project.name, after=form.cleaned_data["name"]
                )
            project.name, project.tags = form.cleaned_data["name"], form.cleaned_data["tags"]
            project.save(update_fields=["name", "tags"])
            messages.success(request, gettext("The settings were saved."))
            return redirect(project)
    context = {
        "area": "projects",
        "project": project,
        "form": form,
        "team_form": TeamChoiceForm(initial={"team": project.team}, user=request.user),
        "days": UNDO_WITHIN.days,
    }
    return render(request, "projects/settings.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def project_move(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Give a project to another team to which the user may add projects."""
    project = _managed(request, slug)
    form = TeamChoiceForm(request.POST, user=request.user)
    team = form.cleaned_data["team"] if form.is_valid() else None
    if team is None or team.pk == project.team_id:
        messages.error(request, gettext("Choose another team to which you may add projects."))
        return redirect("project-settings", slug=slug)
    before = project.team.name
    log_change(request, LoggedAction.PROJECT_MOVED, project, before=before, after=team.name)
    project.team = team
    project.save(update_fields=["team"])
    log_change(request, LoggedAction.PROJECT_MOVED, project, before=before, after=team.name)
    text = gettext("{project} belongs to {team} now.").format(project=project.name, team=team.name)
    messages.success(request, text)
    return redirect(project)


@require_POST
@login_required
@recent_sign_in_required
def project_delete(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Delete a project."""
    project = _managed(request, slug)
    delete_project(project, timezone.now())
    log_change(request, LoggedAction.PROJECT_DELETED, project)
    text = ngettext(
        "{project} was deleted. You can undo it on this page for {count} day.",
        "{project} was deleted. You can undo it on this page for {count} days.",
        UNDO_WITHIN.days,
    )
    messages.warning(request, text.format(project=project.name, count=UNDO_WITHIN.days))
    return redirect("home")


@require_POST
@login_required
def project_restore(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Undo the deletion of a project."""
    project = Project.objects.deleted_by_manager(request.user).filter(slug=slug).first()
    if project is None:
        raise Http404
    restore_project(project)
    log_change(request, LoggedAction.PROJECT_RESTORED, project)
    text = gettext("{project} is back, with everything that it had.")
    messages.success(request, text.format(project=project.name))
    return redirect(project)


def _managed(request: HtmxHttpRequest, slug: str) -> Project:
    project = get_project(request, slug)
    if not can_manage(project):
        raise PermissionDenied(gettext(_ONLY_MANAGERS))
    return project
