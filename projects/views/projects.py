"""The pages that add and change a project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from projects.access import HtmxHttpRequest, get_project
from projects.audit_trail import log_change
from projects.domain.dependency_files import FileProblem
from projects.domain.dependency_files.given_files import roots_of
from projects.domain.logged_action import LoggedAction
from projects.forms.requirements import ProjectNameForm, RequirementsForm
from projects.forms.settings import check_name_is_free
from projects.forms.targets import PolicyForm, TargetsForm
from projects.forms.teams import TeamChoiceForm
from projects.models import Origin, Project, Submission
from projects.presentation.project_page import ProblemLine, describe_problems
from projects.presentation.target_grid import runtimes_by_system, target_grid
from projects.services.projects import create_project, offered_groups, save_policy_and_targets
from projects.services.reading import ReadingTooSlow
from projects.services.snapshots import NothingToRead, prepare_snapshot, store_snapshot
from projects.services.submissions import submit_files
from projects.views.uploads import count_upload
from scanner.domain.targets.catalogue import SAMPLE_TARGETS
from scanner.domain.targets.pythons import PYTHONS
from scanner.domain.translation import gettext

_SAMPLE_SLUGS = tuple(target.slug for target in SAMPLE_TARGETS)
# Python versions that are checked by default beside the runtimes.
_RUNTIME_PYTHONS = ("cp313", "cp314")


@require_safe
@login_required
def projects(request: HttpRequest) -> HttpResponse:
    """Redirect to the portfolio, which lists the projects."""
    return redirect("home")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def project_add(request: HtmxHttpRequest) -> HttpResponse:
    """Add a project: its name, requirements and targets."""
    sent = request.POST if request.method == "POST" else None
    name, files, targets = ProjectNameForm(sent), _files_form(request), TargetsForm(sent)
    team = TeamChoiceForm(sent, user=request.user)
    # All are validated, so that one response shows all errors.
    is_named = name.is_valid() and check_name_is_free(name, request.user)
    if not all([is_named, files.is_valid(), targets.is_valid(), team.is_valid()]):
        return _add_page(request, name, team, files, targets)
    count_upload(request)
    given, slugs = files.cleaned_data["files"], targets.cleaned_data["targets"]
    try:
        project = create_project(
            request.user,
            name.cleaned_data["name"],
            given,
            roots_of(given),
            targets=slugs,
            origin=_origin(request),
            for_page=True,
            team=team.cleaned_data["team"],
        )
    except NothingToRead as error:
        return _add_page(request, name, team, files, targets, error)
    log_change(request, LoggedAction.PROJECT_MADE, project)
    is_submitted = Submission.objects.filter(project=project).exists()
    return redirect("project-reading" if is_submitted else "project", slug=project.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def project_requirements(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Replace the requirements of a project by pasted or uploaded ones."""
    project = get_project(request, slug, edit=True)
    files = _files_form(request)
    if not files.is_valid():
        return _requirements_page(request, project, files)
    count_upload(request)
    given = files.cleaned_data["files"]
    try:
        prepared = prepare_snapshot(given, roots_of(given), for_page=True)
    except NothingToRead as error:
        return _requirements_page(request, project, files, error)
    except ReadingTooSlow:
        submit_files(project, given, roots_of(given), origin=_origin(request), user=request.user)
        return redirect("project-reading", slug=slug)
    store_snapshot(project, prepared, origin=_origin(request), user=request.user)
    messages.success(request, gettext("The new requirements were saved."))
    return redirect(project)


@require_safe
@login_required
@never_cache
@vary_on_headers("HX-Request")
def project_reading(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Show that files are being read, or why they could not be; redirect to the project once they are a snapshot."""
    project = get_project(request, slug)
    submission = (
        Submission.objects.filter(project=project).defer("content").annotate(is_read=Q(content__isnull=True)).first()
    )
    if submission is None:
        target = project.get_absolute_url()
        return HttpResponseClientRedirect(target) if request.htmx else redirect(target)
    problems = describe_problems([FileProblem(**problem) for problem in submission.problems])
    context = {"area": "projects", "project": project, "submission": submission, "unreadable": problems}
    partial = "#reading" if request.htmx else ""
    return render(request, f"projects/reading.html{partial}", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def project_targets(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Change the targets and the policy of a project."""
    project = get_project(request, slug, edit=True)
    current = list(project.targets.values_list("slug", flat=True))
    offered = offered_groups(project)
    targets, policy = TargetsForm(), PolicyForm(instance=project, offered=offered)
    if request.method == "POST":
        targets, policy = TargetsForm(request.POST), PolicyForm(request.POST, instance=project, offered=offered)
        if all([targets.is_valid(), policy.is_valid()]):
            save_policy_and_targets(policy.instance, targets.cleaned_data["targets"])
            log_change(request, LoggedAction.POLICY_CHANGED, project)
            messages.success(request, gettext("Targets and policy were saved. The project is being assessed again."))
            return redirect(project)
    context = {"area": "projects", "project": project, "policy": policy, **_target_context(targets, current)}
    return render(request, "projects/targets.html", context, status=_status(targets, policy))


def _add_page(
    request: HttpRequest,
    name: ProjectNameForm,
    team: TeamChoiceForm,
    files: RequirementsForm,
    targets: TargetsForm,
    unreadable: NothingToRead | None = None,
) -> HttpResponse:
    context = {
        "area": "projects",
        "name_form": name,
        "team_form": team,
        "files_form": files,
        "unreadable": _problems(unreadable),
        **_target_context(targets, _SAMPLE_SLUGS),
    }
    return render(
        request, "projects/add.html", context, status=_status(name, team, files, targets, unreadable=bool(unreadable))
    )


def _requirements_page(
    request: HttpRequest, project: Project, files: RequirementsForm, unreadable: NothingToRead | None = None
) -> HttpResponse:
    context = {
        "area": "projects",
        "project": project,
        "files_form": files,
        "unreadable": _problems(unreadable),
        "is_following": project.repositories.exists(),
    }
    return render(request, "projects/requirements.html", context, status=_status(files, unreadable=bool(unreadable)))


def _target_context(targets: TargetsForm, current: Sequence[str]) -> dict[str, Any]:
    """Return the context of the target fields, as submitted or with `current` checked."""
    chosen = [*targets.submitted("target"), *targets.cleaned_data.get("targets", ())] if targets.is_bound else current
    return {
        "targets_form": targets,
        "grid": target_grid(chosen),
        "runtimes": runtimes_by_system(),
        "asked_runtimes": targets.submitted("runtime"),
        "pythons": PYTHONS,
        "asked_pythons": targets.submitted("python") if targets.is_bound else _RUNTIME_PYTHONS,
    }


def _problems(unreadable: NothingToRead | None) -> tuple[ProblemLine, ...]:
    return describe_problems(unreadable.problems) if unreadable is not None else ()


def _origin(request: HttpRequest) -> Origin:
    return Origin.UPLOAD if request.FILES else Origin.PASTE


def _status(*forms: BaseForm, unreadable: bool = False) -> int:
    return 422 if unreadable or any(form.is_bound and form.errors for form in forms) else 200


def _files_form(request: HttpRequest) -> RequirementsForm:
    return RequirementsForm(request.POST, request.FILES) if request.method == "POST" else RequirementsForm()
