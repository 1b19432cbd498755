"""The page of one project, the page of one cell, and exports."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url, replace_url, trigger_client_event

from projects import jobs
from projects.access import HtmxHttpRequest, can_edit, get_project
from projects.models import Project
from projects.presentation.cell import cell_page
from projects.presentation.columns import column_of
from projects.presentation.formats.csv_table import csv_text
from projects.presentation.formats.page_export import export_lines, export_names
from projects.presentation.formats.schema import assessment_document
from projects.presentation.name_confusion import find_notice
from projects.presentation.project_page import ProjectPage, project_page
from projects.presentation.risk_table.query import RiskQuery
from projects.presentation.wheel_request import wheel_request
from projects.selectors import (
    is_watching,
    own_requirement,
    package_result,
    package_results,
    project_state,
    stored_confusions,
    upstream_links,
    upstream_of,
)
from projects.selectors.audit import audit_summary
from projects.selectors.evidence import proof_lines, proof_of, reading_of
from projects.services.assessments.stored_documents import stored_record
from projects.views.conditional import facts_of, project_etag
from scanner.domain.translation import gettext

# The part of the page to render, by the id of the element that htmx replaces.
_PARTIALS = {"facts": "#facts", "progress": "#progress", "answers": "#answers", "risk-table": "#risk"}
_WIDEST = 200


@require_safe
@login_required
@cache_control(private=True, no_cache=True)
@vary_on_headers("HX-Request", "HX-Target")
@condition(etag_func=project_etag)
def project(request: HtmxHttpRequest, slug: str) -> HttpResponse:
    """Show the whole page, or the part that htmx requests."""
    found, facts = get_project(request, slug), facts_of(request, slug)
    if facts is None:
        raise Http404
    page = _page(request, found, has_proofs=facts.has_proofs)
    path = reverse("project", args=[slug])
    here = f"{path}?{page.query.encode()}".rstrip("?")
    partial = _PARTIALS.get(request.htmx.target or "", "") if request.htmx else ""
    context = {
        "area": "projects",
        "project": found,
        "page": page,
        "can_edit": can_edit(found),
        "proofs": proof_lines(found) if facts.has_proofs and partial in ("", "#answers") else (),
        "source": audit_summary(found) if facts.has_audit and partial in ("", "#answers") else None,
        "upstream": None if partial else upstream_of(found, is_followed=facts.is_followed, has_notes=facts.has_notes),
        "waivers": facts.waivers,
        "path": path,
        "here": here,
        "cells_path": f"{path}cells/",
        "indexes_path": f"{path}indexes/",
    }
    response = render(request, f"projects/detail.html{partial}", context)
    if partial == "#progress" and request.GET.get("seen") != _progress_mark(page):
        trigger_client_event(response, "answers-changed")
    if request.htmx and request.htmx.trigger == "filters":
        replace_url(response, here)
    return response


@require_safe
@login_required
@vary_on_headers("HX-Request")
def project_cell(request: HtmxHttpRequest, slug: str, target: str, package: str) -> HttpResponse:
    """Show one cell: a row below its row for htmx, else a page."""
    found = get_project(request, slug)
    stored = package_result(found, target, package)
    if stored is None:
        raise Http404
    span = request.GET.get("span", "")
    links = upstream_links(found, stored.name, stored.version or "")
    context = {
        "area": "projects",
        "project": found,
        "cell": cell_page(
            stored, column_of(target), own_requirement(found, stored), reading_of(stored), proof_of(found, target)
        ),
        "confusion": find_notice(stored_confusions(found), package),
        "watching": is_watching(request.user, found, target, package),
        "links": links,
        "wheel_request": wheel_request(stored, target, links),
        "can_edit": can_edit(found),
        "span": span if span.isdecimal() and 0 < int(span) < _WIDEST else "2",
    }
    response = render(request, "projects/cell.html#proof" if request.htmx else "projects/cell.html", context)
    if request.htmx:
        # The cell opens inside the page, which keeps its URL.
        push_url(response, False)
    return response


@require_POST
@login_required
def cell_read_modules(request: HtmxHttpRequest, slug: str, target: str, package: str) -> HttpResponse:
    """Queue the reading of the compiled modules of the wheel in use, and go back to the cell."""
    found = get_project(request, slug, edit=True)
    stored = package_result(found, target, package)
    if stored is None or not stored.file:
        raise Http404
    jobs.request_modules(found.pk, stored.file)
    text = gettext("The compiled modules of {file} are being read: look at the evidence in a minute.")
    messages.info(request, text.format(file=stored.file))
    return redirect("project-cell", slug, target, package)


@require_safe
@login_required
def project_export(request: HtmxHttpRequest, slug: str, kind: str) -> HttpResponse:
    """Export the packages and targets that the page shows for the same query."""
    found = get_project(request, slug)
    if kind not in ("csv", "json"):
        raise Http404
    state = project_state(found)
    page = project_page(state, RiskQuery.parse(_lists(request), state.targets), timezone.now())
    name = f'attachment; filename="{found.slug}.{kind}"'
    if kind == "json":
        record = stored_record(found, export_names(state, page))
        if record is None:
            raise Http404
        return JsonResponse(
            assessment_document(record), json_dumps_params={"indent": 1}, headers={"Content-Disposition": name}
        )
    text = csv_text(export_lines(state, page, package_results(state)))
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


def _page(request: HtmxHttpRequest, found: Project, *, has_proofs: bool) -> ProjectPage:
    state = project_state(found, has_proofs=has_proofs)
    return project_page(state, RiskQuery.parse(_lists(request), state.targets), timezone.now())


def _progress_mark(page: ProjectPage) -> str:
    return page.progress.mark if page.progress else ""


def _lists(request: HtmxHttpRequest) -> dict[str, Any]:
    return dict(request.GET.lists())
