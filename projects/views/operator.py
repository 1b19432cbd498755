"""How the installation fares, for its operator: a page for staff, and the same figures for Prometheus."""

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

from projects.access import HtmxHttpRequest
from projects.presentation.formats.metrics import Sample, exposition
from projects.presentation.operator import MEANINGS, OUTCOMES, Figures, findings
from projects.selectors import MessagesHealth, messages_health
from scanner.selectors.operator import (
    LATELY,
    PollFilter,
    PollingHealth,
    ResultCount,
    followed_indexes,
    next_polls,
    poll_stats_since,
    polling_health,
)
from scanner.services.rate_limits import throttled_hosts

_SPAN = timedelta(hours=24)
_POLLS = 50
_NOW = "operator-now"


@require_safe
@never_cache
@login_required
def operator(request: HtmxHttpRequest) -> HttpResponse:
    """What is due, how polls end, who is left alone. For the others there is no such page.

    htmx asks for the part that changes by itself; the list of packages stays as its reader left it.
    """
    if not request.user.is_staff:
        raise Http404
    now = timezone.now()
    context = _figures(now)
    if request.htmx.target == _NOW:
        answer = render(request, f"projects/operator.html#{_NOW}", context)
    else:
        name = request.GET.get("q", "").replace("\0", "").strip().lower()[:100]
        only = next((chosen for chosen in PollFilter if chosen.value == request.GET.get("only")), PollFilter.ALL)
        polls = next_polls(_POLLS, now, name=name, only=only)
        context |= {"area": "operator", "name": name, "only": only, "choices": list(PollFilter), "polls": polls}
        context |= {"indexes": followed_indexes(), "most": _POLLS, "now": now}
        answer = render(request, "projects/operator.html", context)
    patch_vary_headers(answer, ["HX-Request", "HX-Target"])
    return answer


def _figures(now: datetime) -> dict[str, object]:
    health, stats, closed = polling_health(now), poll_stats_since(now - _SPAN), throttled_hosts(now)
    sending = messages_health(now)
    figures = Figures(
        packages=health.packages,
        due=health.due,
        oldest_due=health.oldest_due,
        failing=health.failing,
        never_answered=health.never_answered,
        answered_lately=health.answered_lately,
        lately=LATELY,
        events_waiting=health.events_waiting,
        oldest_event=health.oldest_event,
        last_answer=now - health.last_answer_at if health.last_answer_at is not None else None,
        messages_waiting=sending.waiting,
        oldest_message=sending.oldest,
        messages_stuck=sending.stuck,
    )
    return {
        "findings": findings(figures, [(gate.host, gate.until - now) for gate in closed]),
        "health": health,
        "sending": sending,
        "tallies": [(OUTCOMES.get(counted.outcome, counted.outcome), counted) for counted in stats],
        "unchanged_share": _unchanged_share(stats),
        "size": sum(counted.size for counted in stats),
        "closed": closed,
    }


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text. With METRICS_TOKEN as a bearer token, or signed in as staff; else there is no such page."""
    if not _may_read_metrics(request):
        raise Http404
    now = timezone.now()
    samples = _samples(polling_health(now), poll_stats_since(now - _SPAN)) + _message_samples(messages_health(now))
    samples += [
        Sample("wheelway_host_gated_seconds", {"host": gate.host}, (gate.until - now).total_seconds())
        for gate in throttled_hosts(now)
    ]
    return HttpResponse(exposition(samples, MEANINGS), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_read_metrics(request: HttpRequest) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    expected: str = settings.METRICS_TOKEN
    if expected and scheme.lower() == "bearer" and compare_digest(given.strip().encode(), expected.encode()):
        return True
    return bool(getattr(request.user, "is_staff", False))


def _unchanged_share(stats: list[ResultCount]) -> float | None:
    answered = {counted.outcome: counted.polls for counted in stats if counted.outcome in ("changed", "unchanged")}
    total = sum(answered.values())
    return answered.get("unchanged", 0) / total if total else None


def _seconds(age: timedelta | None) -> float:
    return age.total_seconds() if age is not None else 0.0


def _message_samples(health: MessagesHealth) -> list[Sample]:
    return [
        Sample("wheelway_messages_waiting", {}, health.waiting),
        Sample("wheelway_oldest_message_seconds", {}, _seconds(health.oldest)),
        Sample("wheelway_messages_stuck", {}, health.stuck),
        Sample("wheelway_messages_last_day", {"state": "sent"}, health.sent),
        Sample("wheelway_messages_last_day", {"state": "failed"}, health.failed),
        Sample("wheelway_notes_open", {}, health.notes),
    ]


def _samples(health: PollingHealth, stats: list[ResultCount]) -> list[Sample]:
    samples = [
        Sample("wheelway_packages", {}, health.packages),
        Sample("wheelway_packages_due", {}, health.due),
        Sample("wheelway_packages_ended", {}, health.ended),
        Sample("wheelway_packages_queued", {}, health.queued),
        Sample("wheelway_packages_being_polled", {}, health.claimed),
        Sample("wheelway_packages_failing", {}, health.failing),
        Sample("wheelway_packages_never_answered", {}, health.never_answered),
        Sample("wheelway_oldest_due_seconds", {}, _seconds(health.oldest_due)),
        Sample("wheelway_oldest_queued_seconds", {}, _seconds(health.oldest_queued)),
        Sample("wheelway_events_unprocessed", {}, health.events_waiting),
        Sample("wheelway_oldest_event_seconds", {}, _seconds(health.oldest_event)),
        Sample("wheelway_releases_unsettled", {}, health.releases_unsettled),
    ]
    if health.last_answer_at is not None:
        samples.append(Sample("wheelway_last_answer_timestamp_seconds", {}, health.last_answer_at.timestamp()))
    for counted in stats:
        samples.append(Sample("wheelway_polls_last_day", {"outcome": counted.outcome}, counted.polls))
        samples.append(Sample("wheelway_page_bytes_last_day", {"outcome": counted.outcome}, counted.size))
    return samples
