"""The upgrade path of one target: the page, its downloads, and the request to fetch missing data."""

from __future__ import annotations

import re

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from projects.access import HtmxHttpRequest, can_edit, get_project
from projects.domain.assessment.run_evidence import DemandedEvidence
from projects.domain.current_runtime import find_current_runtime, likely_targets
from projects.models import Project
from projects.presentation.freshness import is_stale
from projects.presentation.upgrade.options import OptionRow, option_rows, usual_options
from projects.presentation.upgrade.page import upgrade_page
from projects.presentation.upgrade.policy import policy_text
from projects.presentation.upgrade.query import UpgradeQuery
from projects.presentation.upgrade.values import UpgradePage
from projects.selectors import UpgradeState, upgrade_state
from projects.services.assessments.project_request import targets_of
from projects.services.plan_files import read_contents, restore_logins
from projects.services.upgrades import answer_upgrade, change_standings, compare_options, request_fetch
from projects.views.downloads import download
from scanner.domain.translation import gettext

_FILES = {"patch": "{stem}.patch", "constraints": "constraints-{stem}.txt"}
_REWRITTEN = "file"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@vary_on_headers("HX-Request")
def project_upgrade(request: HtmxHttpRequest, slug: str, target: str) -> HttpResponse:
    """Show the page, or its partial for htmx; a POST requests the data that the plan lacks."""
    found = get_project(request, slug, edit=request.method == "POST")
    targets = _targets(found, target)
    path = reverse("project-upgrade", args=[slug, target])
    query = UpgradeQuery.parse(dict(request.GET.lists()), targets, target)
    if request.method == "POST":
        request_fetch(found, target, query)
        messages.success(request, gettext("The missing data is being fetched from the index."))
        return redirect(f"{path}?{query.encode(looks=1)}")
    state = upgrade_state(found, target)
    context = {
        "area": "projects",
        "project": found,
        "page": _page(found, targets, target, query, state),
        "options": _options(found, targets, target, query, state) if query.compares else (),
        "snapshot": state.snapshot,
        "checked_at": state.checked_at,
        "is_stale": is_stale(state.checked_at, timezone.now()),
        "policy": _policy(found),
        "held": [(name, name in query.free) for name in found.holds],
        "can_edit": can_edit(found),
        "path": path,
    }
    return render(request, f"projects/upgrade.html{'#upgrade' if request.htmx else ''}", context)


@require_safe
@login_required
def project_upgrade_file(request: HtmxHttpRequest, slug: str, target: str, kind: str) -> HttpResponse:
    """Return the plan as a patch, as a constraints file or as one rewritten file (`path`); 404 where there is none."""
    found = get_project(request, slug)
    targets = _targets(found, target)
    query = UpgradeQuery.parse(dict(request.GET.lists()), targets, target)
    state = upgrade_state(found, target)
    written = _page(found, targets, target, query, state).written
    path = request.GET.get("path", "")
    text = {"patch": written.patch, "constraints": written.constraints, _REWRITTEN: written.files.get(path)}.get(kind)
    if not text:
        raise Http404
    if can_edit(found) and state.snapshot is not None:
        text = restore_logins(state.snapshot, text)
    name = _file_name(path) if kind == _REWRITTEN else _FILES[kind].format(stem=query.file_stem(target))
    return download(text, f"text/{'x-patch' if kind == 'patch' else 'plain'}; charset=utf-8", name)


def _page(project: Project, targets: list[str], target: str, query: UpgradeQuery, state: UpgradeState) -> UpgradePage:
    if state.snapshot is None:
        raise Http404
    given = read_contents(state.snapshot)
    planned = answer_upgrade(project, given, target, query, state.stored, timezone.now())
    return upgrade_page(
        target,
        targets,
        query,
        state.stored,
        planned,
        files={path: given.text(path) for path in planned.written.files},
        standings=change_standings(project, planned.plan),
        runtime=find_current_runtime(given.parsed.hints),
        demanded=DemandedEvidence(project.demanded_evidence),
    )


def _options(
    project: Project, targets: list[str], target: str, query: UpgradeQuery, state: UpgradeState
) -> tuple[OptionRow, ...]:
    if state.snapshot is None:
        raise Http404
    given = read_contents(state.snapshot)
    current = likely_targets(find_current_runtime(given.parsed.hints), targets)
    options = usual_options(query, current, target)
    planned = compare_options(
        project, given, [(target, option.query) for option in options], state.stored, timezone.now()
    )
    standings = change_standings(project, *(one.plan for one in planned))
    released = {release: standing.uploaded_at for release, standing in standings.items()}
    return option_rows(options, planned, state.stored.result, query, released)


def _file_name(path: str) -> str:
    """Return the name of a file of the project as a header may have it."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", path.rpartition("/")[2]) or "requirements.txt"


def _targets(project: Project, target: str) -> list[str]:
    """Return the slugs of the project's known targets; raise Http404 unless `target` is one of them."""
    slugs = [one.slug for one in targets_of(project)]
    if target not in slugs:
        raise Http404
    return slugs


def _policy(project: Project) -> str:
    return policy_text(
        project.source_builds,
        project.step,
        project.holds,
        project.minimum_age_days,
        prereleases=project.prereleases,
        demanded=project.demanded_evidence,
    )
