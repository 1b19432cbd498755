"""The portfolio, the first page: all projects of the user on the team's headline targets, and its exports."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_htmx.http import replace_url

from projects.access import HtmxHttpRequest
from projects.models import SavedView
from projects.presentation.portfolio.export import portfolio_csv, portfolio_json
from projects.presentation.portfolio.page import PortfolioPage, portfolio_page
from projects.presentation.portfolio.query import PortfolioQuery
from projects.selectors import portfolio_state
from projects.views.downloads import download
from scanner.domain.translation import in_english

_EXPORTS = {"csv": ("text/csv; charset=utf-8", portfolio_csv), "json": ("application/json", portfolio_json)}


@require_safe
@login_required
def home(request: HtmxHttpRequest) -> HttpResponse:
    """Show the portfolio for the query in the URL. htmx picks the parts that the filter changes from the whole page.

    A page that is open asks each minute with the mark of what it shows, and gets 204 if nothing is new.
    """
    page = _page(request)
    if request.htmx and "seen" in request.GET and request.GET["seen"] == page.mark:
        return HttpResponse(status=204)
    here = f"{reverse('home')}?{page.query.encode()}".rstrip("?")
    context = {"area": "portfolio", "page": page, "views": SavedView.objects.filter(user=request.user), "here": here}
    response = render(request, "portfolio/home.html", context)
    if request.htmx:
        replace_url(response, here)
    return response


@require_safe
@login_required
def export(request: HtmxHttpRequest, kind: str) -> HttpResponse:
    """Export the table that the page shows for the same query, in English in every language."""
    if kind not in _EXPORTS:
        raise Http404
    content_type, write = _EXPORTS[kind]
    with in_english():
        text = write(_page(request))
    return download(text, content_type, f"portfolio.{kind}")


def _page(request: HtmxHttpRequest) -> PortfolioPage:
    query, now = PortfolioQuery.parse(dict(request.GET.lists())), timezone.now()
    return portfolio_page(portfolio_state(request.user, query, now), query, now)
