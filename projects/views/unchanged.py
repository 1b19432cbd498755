"""Conditional responses: 304 Not Modified before a page is rendered, if the browser still has it."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control

from projects.access import HtmxHttpRequest


def etag_of(request: HtmxHttpRequest, version: object | None) -> str | None:
    """Return the ETag of a whole page in this version, for this user and URL. None if the page must be rendered.

    A page contains a CSRF token, so the cookie's value is part of the ETag. A page with messages has no ETag.
    """
    if version is None or len(messages.get_messages(request)):
        return None
    user = request.user
    seen_by = (user.pk, user.get_username(), user.is_staff, request.META.get("CSRF_COOKIE"), request.get_full_path())
    return f'"{hashlib.sha256(repr((_build(), seen_by, version)).encode()).hexdigest()[:40]}"'


def unchanged(request: HtmxHttpRequest, etag: str | None) -> HttpResponse | None:
    """Return the response to a browser that has the page with this ETag, None for any other."""
    response = get_conditional_response(request, etag=etag) if etag is not None else None
    if response is not None:
        mark(response, etag)
    return response


def mark(response: HttpResponseBase, etag: str | None) -> None:
    """Let the browser store the page, and revalidate it each time."""
    if etag is not None:
        response.headers["ETag"] = etag
        patch_cache_control(response, private=True, no_cache=True)


@cache
def _build() -> int:
    """Return a number that changes with the code and the templates."""
    folders = (settings.BASE_DIR / name for name in ("templates", "projects", "scanner", "compat_site"))
    files = (path for folder in folders for path in Path(folder).rglob("*") if path.suffix in (".html", ".py"))
    return max(path.stat().st_mtime_ns for path in files)
