"""Upstream notes of a project: dismiss one, or restore it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from projects.access import HtmxHttpRequest, can_edit, get_project
from projects.emails import to_one_line
from projects.models import Note
from projects.selectors.notes import follows, upstream_of
from projects.services.alerts.upstream_notes import REASON_LENGTH, dismiss_note, restore_note
from scanner.domain.translation import gettext, noop

_NO_REASON = noop("Give a short reason for the other members of the project.")


@require_POST
@login_required
def note_dismiss(request: HtmxHttpRequest, slug: str, pk: int) -> HttpResponse:
    """Dismiss an open note for all members, with a reason, or restore it (`again`)."""
    project = get_project(request, slug, edit=True)
    get_object_or_404(Note, project=project, pk=pk)
    reason, error = to_one_line(request.POST.get("reason", "")), ""
    if "again" in request.POST:
        restore_note(project, pk)
    elif reason:
        dismiss_note(project, pk, request.user, reason[:REASON_LENGTH], timezone.now())
    else:
        error = gettext(_NO_REASON)
    if not request.htmx:
        if error:
            messages.error(request, error)
        return redirect(f"{project.get_absolute_url()}#upstream")
    context = {
        "project": project,
        "can_edit": can_edit(project),
        "upstream": upstream_of(project, is_followed=follows(project, request.user.pk)),
        "error": error,
    }
    return render(request, "projects/_upstream.html", context)
