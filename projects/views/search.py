"""The search field of every page: open the project or package that matches, or list the matches."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from projects.access import HtmxHttpRequest
from projects.presentation.help.search import search_help
from projects.presentation.package.uses import found_packages
from projects.selectors import package_uses, search_by_name

_LONGEST = 200
_MOST_TOPICS = 5
# A shorter text is the beginning of a name, and in too many answers.
_SHORTEST_WORD = 4


@require_safe
@login_required
def find(request: HtmxHttpRequest) -> HttpResponse:
    """Redirect to the project or package that the text names, or list those whose names contain it."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:_LONGEST]
    found = search_by_name(request.user, text)
    if found.project is not None:
        return redirect("project", found.project)
    if found.package is not None:
        return redirect("package", found.package)
    uses = package_uses(request.user, found.packages)
    topics = [topic for section in search_help(text) for topic in section.topics] if len(text) >= _SHORTEST_WORD else []
    context = {
        "found": found,
        "sought": text,
        "headlines": uses.headlines,
        "packages": found_packages(uses, found),
        "topics": topics[:_MOST_TOPICS],
    }
    return render(request, "projects/find.html", context)
