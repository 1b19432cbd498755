"""The state of the installation for its operator: a page for staff, and the same figures for Prometheus."""

from __future__ import annotations

from datetime import datetime, timedelta
from secrets import compare_digest

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from msgspec.structs import replace

from projects.access import HtmxHttpRequest
from projects.presentation.formats.metrics import CONTENT_TYPE, exposition
from projects.presentation.operator import OperatorFigures, findings
from projects.selectors import messages_health
from scanner.domain.next_poll import due_text
from scanner.domain.translation import gettext
from scanner.selectors.operator import PollFilter, followed_indexes, poll_stats_since, polling_health, scheduled_polls
from scanner.services.rate_limits import throttled_hosts

_POLLS = 50
_LIVE_PART = "operator-now"


@require_safe
@never_cache
@login_required
def operator(request: HtmxHttpRequest) -> HttpResponse:
    """Show what is due, how polls end and which hosts are throttled. 404 for users who are not staff.

    htmx requests the part that refreshes itself; the list of packages stays as its reader left it.
    """
    if not request.user.is_staff:
        raise Http404
    now = timezone.now()
    figures = _figures(now)
    context: dict[str, object] = {"figures": figures, "findings": findings(figures)}
    if request.htmx.target == _LIVE_PART:
        answer = render(request, f"projects/operator.html#{_LIVE_PART}", context)
    else:
        name = request.GET.get("q", "").replace("\0", "").strip().lower()[:100]
        only = next((choice for choice in PollFilter if choice.value == request.GET.get("only")), PollFilter.ALL)
        found = scheduled_polls(_POLLS, now, name=name, only=only)
        polls = [replace(poll, reason=due_text(poll.reason)) for poll in found]
        context |= {
            "area": "operator",
            "name": name,
            "only": only,
            "choices": [(one.value, gettext(one.value)) for one in PollFilter],
            "polls": polls,
        }
        context |= {"indexes": followed_indexes(), "most": _POLLS, "now": now}
        answer = render(request, "projects/operator.html", context)
    patch_vary_headers(answer, ["HX-Request", "HX-Target"])
    return answer


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the figures for Prometheus, for the bearer token METRICS_TOKEN or signed-in staff; 404 for others."""
    if not _may_read_metrics(request):
        raise Http404
    return HttpResponse(exposition(_figures(timezone.now())), content_type=CONTENT_TYPE)


def _figures(now: datetime) -> OperatorFigures:
    polls = poll_stats_since(now - timedelta(hours=24))
    return OperatorFigures(now, polling_health(now), messages_health(now), polls, throttled_hosts(now))


def _may_read_metrics(request: HttpRequest) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    expected: str = settings.METRICS_TOKEN
    if expected and scheme.lower() == "bearer" and compare_digest(given.strip().encode(), expected.encode()):
        return True
    return bool(getattr(request.user, "is_staff", False))
