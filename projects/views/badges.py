"""Public badges, and the page where members make them."""

from __future__ import annotations

import json

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import etag, require_http_methods, require_safe

from projects.access import HtmxHttpRequest, can_edit, get_project
from projects.audit_trail import log_change
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.domain.logged_action import LoggedAction
from projects.presentation.badge import badge_json, badge_svg
from projects.presentation.columns import columns_of
from projects.selectors.badges import badge_lines, badge_of
from projects.services.badges import make_badge, revoke_badge
from scanner.domain.translation import gettext

_SECONDS = 300


def _shown(request: HttpRequest, key: str) -> tuple[str, ProjectVerdict]:
    """Return what the badge shows. Raises Http404, the same for a badge that never was and for a revoked one."""
    found: tuple[str, ProjectVerdict] | None = getattr(request, "badge", None) or badge_of(key)
    if found is None:
        raise Http404
    request.badge = found  # type: ignore[attr-defined]  # kept between the ETag and the view
    return found


def _etag(request: HttpRequest, key: str, kind: str) -> str:
    target, verdict = _shown(request, key)
    return f'"{target}-{verdict}-{kind}"'


@require_safe
@cache_control(public=True, max_age=_SECONDS)
@etag(_etag)
def badge(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """Return a badge as SVG or JSON, to anyone who knows its address. It says the verdict of one target only."""
    target, verdict = _shown(request, key)
    if kind == "json":
        response = HttpResponse(json.dumps(badge_json(target, verdict)), content_type="application/json")
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response
    return HttpResponse(badge_svg(target, verdict), content_type="image/svg+xml; charset=utf-8")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def project_badges(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """List the badges of a project with the texts to paste; a member makes and revokes them (POST)."""
    project = get_project(request, slug, edit=request.method == "POST")
    slugs = list(project.targets.values_list("slug", flat=True))
    if request.method == "POST":
        revoked, target = request.POST.get("revoke", ""), request.POST.get("target", "")
        if revoked.isdecimal() and len(revoked) < 19:
            if revoke_badge(project, int(revoked), timezone.now()):
                log_change(request, LoggedAction.BADGE_REVOKED, project)
                messages.success(request, gettext("The badge is revoked: its address is not found any more."))
        elif target in slugs:
            make_badge(project, target, request.user, timezone.now())
            log_change(request, LoggedAction.BADGE_MADE, project, after=target)
            text = gettext("The badge was created. Anyone who knows its address sees this one verdict.")
            messages.success(request, text)
        return redirect("project-badges", slug=slug)
    context = {
        "area": "projects",
        "project": project,
        "badges": badge_lines(project, settings.PUBLIC_URL),
        "columns": columns_of(slugs),
        "can_edit": can_edit(project),
    }
    return render(request, "projects/badges.html", context)
