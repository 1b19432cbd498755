"""The page that answers when a project can move to a target, and the watch of a whole target."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from projects.access import HtmxHttpRequest, can_edit, get_project
from projects.domain.assessment.verdicts import Verdict
from projects.models import Project
from projects.presentation.columns import column_of
from projects.presentation.when import waits_for_python, when_page
from projects.selectors import target_packages, target_standing, watched_on
from projects.services.alerts.preferences import keep_mail_language
from projects.services.alerts.target_watches import watch_target
from projects.services.alerts.watches import CannotWatch
from projects.services.indexes import index_ids
from scanner.domain.releases.first_wheels import WheelForecast, forecast
from scanner.domain.targets.pythons import PYTHONS
from scanner.domain.targets.target import Target, UnknownTarget, parse_target
from scanner.domain.translation import gettext
from scanner.selectors.first_wheels import first_wheels


@require_safe
@login_required
def target(request: HtmxHttpRequest, slug: str, target: str) -> HttpResponse:
    """Show what blocks a target, what waits, when it may be free, and the watch."""
    project = get_project(request, slug)
    standing = target_standing(project, target)
    if standing is None:
        raise Http404
    watched, is_watched = watched_on(project, target, request.user)
    work = target_packages(project, target, [cell.name for cell in standing.work])
    waiting = [one.name for one in work if one.verdict is Verdict.BLOCKED and waits_for_python(one)]
    page = when_page(
        standing,
        work,
        _forecasts(project, target, waiting),
        watched=watched,
        is_watched=is_watched,
    )
    context = {"area": "projects", "project": project, "page": page, "can_edit": can_edit(project)}
    return render(request, "projects/when.html", context)


@require_POST
@login_required
def target_watch(request: HtmxHttpRequest, slug: str, target: str) -> HttpResponse:
    """Watch a whole target. Readers of a project may watch too."""
    project = get_project(request, slug)
    try:
        parse_target(target)
        watch_target(project, request.user, target)
        keep_mail_language(request.user)
    except (UnknownTarget, CannotWatch) as reason:
        messages.warning(request, str(reason))
        return redirect("project", slug=slug)
    text = gettext("You watch {target}. You get an e-mail whenever a blocker falls, with what remains.")
    messages.success(request, text.format(target=column_of(target).label))
    return redirect("target", slug=slug, target=target)


def _forecasts(project: Project, slug: str, names: Collection[str]) -> dict[str, WheelForecast]:
    """Return the forecasts of the first wheels of these packages on a target, by name, where enough is known."""
    if not names:
        return {}
    wanted = parse_target(slug)
    same_platform = [Target(python, wanted.platform) for python in PYTHONS]
    today = timezone.now().date()
    found = {
        name: forecast(first.wheels, wanted.python, first.since, today)
        for name, first in first_wheels(index_ids(project), names, same_platform).items()
    }
    return {name: one for name, one in found.items() if one is not None}
