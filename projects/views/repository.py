"""The repositories that a project follows: their webhooks, secrets and deliveries."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from projects.access import HtmxHttpRequest, get_project
from projects.forms.repository import RepositoryForm
from projects.models import Project, Repository
from projects.selectors import repository_lines
from projects.services.webhooks.receive import queue_fetch


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def project_repository(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """List the followed repositories, and change them (POST). A new secret is shown once, in the response."""
    project = get_project(request, slug, edit=True)
    if request.method != "POST":
        return _page(request, project, RepositoryForm())
    action = request.POST.get("action", "")
    if action == "add":
        return _add(request, project)
    repository = get_object_or_404(Repository, project=project, pk=_number(request.POST.get("repository")))
    match action:
        case "rotate":
            return _page(request, project, RepositoryForm(), repository, repository.rotate_secret())
        case "look":
            queue_fetch(repository, timezone.now())
            messages.success(request, "The head of the branch is being fetched.")
        case "end-rotation":
            repository.end_rotation()
            messages.success(request, "The previous secret is not accepted any more.")
        case "remove":
            repository.delete()
            messages.success(request, "The repository is not followed any more.")
    return redirect("project-repository", slug=slug)


def _add(request: HttpRequest, project: Project) -> HttpResponse:
    form = RepositoryForm(request.POST, instance=Repository(project=project))
    if not form.is_valid():
        return _page(request, project, form)
    repository = form.save()
    secret = repository.rotate_secret()
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
