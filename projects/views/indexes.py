"""The indexes of a project: list them, add one, change a login, remove one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from projects.access import READ_ONLY, HtmxHttpRequest, can_edit, get_project
from projects.audit_trail import log_change
from projects.domain.indexes.named_indexes import IndexNotice
from projects.domain.logged_action import LoggedAction
from projects.forms.indexes import IndexForm, LoginForm
from projects.models import IndexRole, Project, ProjectIndex
from projects.selectors import index_lines, index_losses, index_notices
from projects.services.indexes import (
    MOST_INDEXES,
    AlreadyConfigured,
    InvalidIndexAddress,
    TooManyIndexes,
    change_login,
    configure_index,
    remove_index,
)
from projects.ways_in import recent_sign_in_required
from scanner.domain.translation import gettext


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@vary_on_headers("HX-Request")
def project_indexes(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """List the indexes, and add one (POST). Readers may see the list; an htmx request gets the list alone."""
    project = get_project(request, slug)
    if request.method == "POST":
        return _add(request, project)
    if request.htmx:
        return render(request, "projects/indexes.html#lines", _list_context(project))
    notices = index_notices(project)
    return _page(request, project, IndexForm(initial=_initial(request.GET.get("named", ""), notices)), notices)


def _add(request: HtmxHttpRequest, project: Project) -> HttpResponse:
    if not can_edit(project):
        raise PermissionDenied(gettext(READ_ONLY))
    form = IndexForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            row = configure_index(
                project,
                given["address"],
                IndexRole(given["role"]),
                login=given["login"],
                closes_releases=given["closes_releases"],
            )
        except InvalidIndexAddress as error:
            form.add_error(
                "address", gettext("This address cannot be used: {reason}.").format(reason=gettext(str(error)))
            )
        except AlreadyConfigured:
            text = gettext("This is the default index of this installation, which the project uses already.")
            form.add_error("address", text)
        except TooManyIndexes:
            text = gettext("A project can have at most {count} indexes. Remove one first.")
            form.add_error("address", text.format(count=MOST_INDEXES))
        else:
            log_change(request, LoggedAction.INDEX_SET, project, after=row.index.url)
            text = gettext("{url} was added. The project is being assessed again.")
            messages.success(request, text.format(url=row.index.url))
            return redirect("project-indexes", slug=project.slug)
    return _page(request, project, form, index_notices(project))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@recent_sign_in_required
def project_index_login(request: HtmxHttpRequest, slug: str, index: int) -> HttpResponse:
    """Change the login of an index."""
    project = get_project(request, slug, edit=True)
    row = _row(project, index)
    if not row.index.scope:
        raise Http404("the operator sets the login of the default index")
    form = LoginForm(request.POST if request.method == "POST" else None, url=row.index.url)
    if form.is_valid():
        change_login(row, form.cleaned_data["login"])
        if form.cleaned_data["login"]:
            done = gettext("{url} has a new login.")
        else:
            done = gettext("{url} is now used without a login.")
        log_change(request, LoggedAction.INDEX_SET, project, after=row.index.url)
        messages.success(request, done.format(url=row.index.url))
        return redirect("project-indexes", slug=slug)
    context = {"area": "projects", "project": project, "form": form, "url": row.index.url}
    return render(request, "projects/index_login.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def project_index_remove(request: HtmxHttpRequest, slug: str, index: int) -> HttpResponse:
    """Ask for confirmation and show what is deleted (GET), or remove the index (POST)."""
    project = get_project(request, slug, edit=True)
    row = _row(project, index)
    if request.method == "POST":
        url = row.index.url
        remove_index(project, row.index_id)
        log_change(request, LoggedAction.INDEX_REMOVED, project, before=url)
        messages.success(request, gettext("{url} was removed. The project is being assessed again.").format(url=url))
        return redirect("project-indexes", slug=slug)
    context = {"area": "projects", "project": project, "url": row.index.url, "losses": index_losses(row)}
    return render(request, "projects/index_remove.html", context)


def _row(project: Project, index: int) -> ProjectIndex:
    return get_object_or_404(ProjectIndex.objects.select_related("index", "project"), project=project, index=index)


def _page(
    request: HtmxHttpRequest, project: Project, form: IndexForm, notices: tuple[IndexNotice, ...]
) -> HttpResponse:
    context = {**_list_context(project), "area": "projects", "form": form, "notices": notices}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "projects/indexes.html", context, status=status)


def _list_context(project: Project) -> dict[str, Any]:
    now = timezone.now()
    lines = index_lines(project, now)
    waiting = [line for line in lines if line.pk and line.is_waiting]
    return {
        "project": project,
        "here": reverse("project-indexes", args=[project.slug]),
        "can_edit": can_edit(project),
        "lines": lines,
        "ask_every": min((line.ask_every(now) for line in waiting), default=0),
        "has_own": any(line.pk for line in lines),
    }


def _initial(named: str, notices: tuple[IndexNotice, ...]) -> dict[str, Any]:
    """Return the initial values of the form for a notice: never a login or a variable."""
    found = next((one for one in notices if str(one.number) == named), None)
    if found is None or found.unsupported:
        return {}
    role = IndexRole.PRIMARY if found.is_primary else IndexRole.EXTRA
    return {"address": found.address, "role": role.value}
