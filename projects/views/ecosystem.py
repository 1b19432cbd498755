"""The ecosystem board: the most used packages of this installation by Python and platform."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects.access import HtmxHttpRequest
from projects.presentation.ecosystem import BOARD, ecosystem_page
from projects.selectors.ecosystem import most_used_packages
from scanner.selectors.first_wheels import first_wheels
from scanner.services.indexes import get_index

_MOST = 100


@require_safe
@login_required
def ecosystem(request: HtmxHttpRequest) -> HttpResponse:
    """Show how far Pythons and platforms have come, and the packages on the chosen target."""
    index = get_index()
    uses = most_used_packages(request.user, index.pk, settings.WHEELWAY_BOARD, _MOST)
    found = first_wheels([index.pk], list(uses), BOARD, by_file=False)
    wheels = {name: one.wheels for name, one in found.items()}
    page = ecosystem_page(wheels, uses, request.GET.get("target", ""), timezone.now().date())
    return render(request, "portfolio/ecosystem.html", {"area": "ecosystem", "page": page})
