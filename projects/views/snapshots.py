"""The snapshots of a project: the list, and the files of one with what differs from another."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.access import HtmxHttpRequest, get_project
from projects.presentation.snapshots import compare_files
from projects.selectors.snapshots import snapshot_list, snapshot_texts

_LONGEST_KEY = 18


@require_safe
@login_required
def project_snapshots(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """List the snapshots."""
    project = get_project(request, slug)
    context = {"area": "projects", "project": project, "snapshots": snapshot_list(project)}
    return render(request, "projects/snapshots.html", context)


@require_safe
@login_required
def project_snapshot(request: HtmxHttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show the files of one snapshot; `?with=` compares them with those of another, earlier or later."""
    project = get_project(request, slug)
    snapshots = snapshot_list(project)
    files = snapshot_texts(project, pk) if len(str(pk)) <= _LONGEST_KEY else None
    if files is None:
        raise Http404
    asked = request.GET.get("with", "")
    is_key = asked.isascii() and asked.isdecimal() and len(asked) <= _LONGEST_KEY
    other = snapshot_texts(project, int(asked)) if is_key else None
    context = {
        "area": "projects",
        "project": project,
        "snapshot": next((one for one in snapshots if one.pk == pk), None),
        "pk": pk,
        "others": [one for one in snapshots if one.pk != pk],
        "other": int(asked) if other is not None else None,
        "files": files,
        "differences": compare_files(other, files) if other is not None else None,
    }
    return render(request, "projects/snapshot.html", context)
