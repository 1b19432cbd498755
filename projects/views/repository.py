"""The repositories that a project follows: their webhooks, secrets and deliveries."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from projects.access import HtmxHttpRequest, get_project
from projects.audit_trail import log_change
from projects.domain.logged_action import LoggedAction
from projects.forms.repository import RepositoryAccessForm, RepositoryForm
from projects.models import Project, Repository
from projects.models.repository import Provider
from projects.presentation.host_steps import host_steps
from projects.selectors import repository_lines
from projects.services.webhooks.delivery_queue import queue_fetch
from projects.services.webhooks.stop_following import stop_following
from projects.ways_in import recent_sign_in_required
from scanner.domain.translation import gettext

# Fields that say which files are read.
_NAMES_FILES = {"provider", "clone_url", "branch", "paths"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@recent_sign_in_required
@vary_on_headers("HX-Request")
def project_repository(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """List the followed repositories, and change them (POST). A new secret is shown once, in the response.

    An htmx request gets the deliveries of one of them alone.
    """
    project = get_project(request, slug, edit=True)
    if request.htmx and request.method != "POST":
        return _deliveries(request, project)
    if request.method != "POST":
        return _page(request, project, RepositoryForm())
    action = request.POST.get("action", "")
    if action == "add":
        return _add(request, project)
    repository = get_object_or_404(Repository, project=project, pk=_number(request.POST.get("repository")))
    if action in ("rotate", "end-rotation", "remove"):
        log_change(request, LoggedAction.REPOSITORY_CHANGED, project, after=f"{repository} ({action})")
    match action:
        case "rotate":
            return _page(request, project, RepositoryForm(), repository, repository.rotate_secret())
        case "look":
            queue_fetch(repository, timezone.now())
            messages.success(request, gettext("The head of the branch is being fetched."))
        case "end-rotation":
            repository.end_rotation()
            messages.success(request, gettext("The previous secret is not accepted any more."))
        case "remove":
            gone = stop_following(repository, request.user)
            text = gettext("The repository is not followed any more.")
            if not gone:
                text = f"{text} {gettext('Its files stay until others are pushed or uploaded.')}"
            messages.success(request, text)
    return redirect("project-repository", slug=slug)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@recent_sign_in_required
def project_repository_edit(request: HtmxHttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change a followed repository, and its access to the API of its host."""
    project = get_project(request, slug, edit=True)
    repository = get_object_or_404(Repository, project=project, pk=pk)
    title, provider, clone_url = str(repository), repository.provider, repository.clone_url
    if request.method == "POST":
        form = RepositoryAccessForm(request.POST, instance=repository)
        if form.is_valid():
            form.save()
            log_change(request, LoggedAction.REPOSITORY_CHANGED, project, after=title)
            messages.success(request, gettext("The repository was changed."))
            if repository.clone_url and set(form.changed_data) & _NAMES_FILES:
                queue_fetch(repository, timezone.now())
            return redirect("project-repository", slug=slug)
    else:
        form = RepositoryAccessForm(instance=repository)
    context = {
        "area": "projects",
        "project": project,
        "form": form,
        "title": title,
        "steps": host_steps(provider, clone_url),
        "host": str(Provider(provider).label),
        "has_token": bool(repository.api_token),
    }
    status = 422 if form.is_bound else 200
    return render(request, "projects/repository_edit.html", context, status=status)


def _deliveries(request: HttpRequest, project: Project) -> HttpResponse:
    wanted = _number(request.GET.get("repository"))
    lines = [line for line in repository_lines(project, settings.PUBLIC_URL) if line.pk == wanted]
    if not lines:
        raise Http404
    context = {"project": project, "repository": lines[0]}
    return render(request, "projects/repository.html#deliveries", context)


def _add(request: HttpRequest, project: Project) -> HttpResponse:
    form = RepositoryForm(request.POST, instance=Repository(project=project))
    if not form.is_valid():
        return _page(request, project, form)
    repository = form.save()
    secret = repository.rotate_secret()
    log_change(request, LoggedAction.REPOSITORY_CHANGED, project, after=f"{repository} (add)")
    if repository.clone_url:
        # Assess the project without waiting for the first push.
        queue_fetch(repository, timezone.now())
    return _page(request, project, RepositoryForm(), repository, secret)


def _page(
    request: HttpRequest,
    project: Project,
    form: RepositoryForm,
    made: Repository | None = None,
    secret: str = "",
) -> HttpResponse:
    context = {
        "area": "projects",
        "project": project,
        "form": form,
        "repositories": repository_lines(project, settings.PUBLIC_URL),
        "made": made.pk if made else None,
        "secret": secret,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "projects/repository.html", context, status=status)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0
