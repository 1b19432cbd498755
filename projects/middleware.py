"""Responses to requests that a service refuses for a while, whatever view they were for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from projects.sandbox import SandboxBusy
from projects.services.request_limits import TooManyRequests
from scanner.domain.translation import in_english, ngettext

_BUSY_SECONDS = 30
# A wait that is said in seconds.
_SHORT = 100


class RefusedForNowMiddleware:
    """Answers 429 to a request over a limit, and 503 while all children that read are busy, both with Retry-After."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the response for the exceptions of this module's concern, None for others."""
        if isinstance(exception, TooManyRequests):
            return _refuse(request, 429, exception.retry_after)
        if isinstance(exception, SandboxBusy):
            return _refuse(request, 503, _BUSY_SECONDS)
        return None


def _refuse(request: HttpRequest, status: int, seconds: int) -> HttpResponse:
    if getattr(request, "answers_json", False):
        with in_english():
            error = f"too many requests: wait {_wait_text(seconds)}"
        response: HttpResponse = JsonResponse({"error": error}, status=status)
    else:
        context = {"wait": _wait_text(seconds), "is_busy": status != 429}
        response = render(request, "429.html", context, status=status)
    response.headers["Retry-After"] = str(seconds)
    return response


def _wait_text(seconds: int) -> str:
    """Return how long to wait, to follow "in"."""
    if seconds < _SHORT:
        return ngettext("{count} second", "{count} seconds", seconds).format(count=seconds)
    minutes = -(-seconds // 60)
    return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)
