"""The portfolio, the first page: all projects of the user on the team's headline targets."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects.access import HtmxHttpRequest
from projects.models import SavedView
from projects.presentation.portfolio.page import portfolio_page
from projects.presentation.portfolio.query import PortfolioQuery
from projects.selectors import portfolio_state


@require_safe
@login_required
def home(request: HtmxHttpRequest) -> HttpResponse:
    """Show the portfolio for the query in the URL."""
    query, now = PortfolioQuery.parse(dict(request.GET.lists())), timezone.now()
    page = portfolio_page(portfolio_state(request.user, query, now), query, now)
    context = {"area": "portfolio", "page": page, "views": SavedView.objects.filter(user=request.user)}
    return render(request, "portfolio/home.html", context)
