"""The search field in the head of every page: straight to what is meant, else what there is to choose from."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from projects.access import HtmxHttpRequest
from projects.selectors import search_by_name

_LONGEST = 200


@require_safe
@login_required
def find(request: HtmxHttpRequest) -> HttpResponse:
    """Go to the one project or package that the text means, or list what has it in its name."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:_LONGEST]
    found = search_by_name(request.user, text)
    if found.project is not None:
        return redirect("project", found.project)
    if found.package is not None:
        return redirect("package", found.package)
    return render(request, "projects/find.html", {"found": found, "sought": text})
