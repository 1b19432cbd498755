"""The page that answers what users ask about the pages."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.access import HtmxHttpRequest
from projects.presentation.help.search import search_help


@require_safe
@login_required
def help_page(request: HtmxHttpRequest) -> HttpResponse:
    """Show all questions, or those that a text is about."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:200]
    return render(request, "help.html", {"area": "help", "asked": text, "sections": search_help(text)})
