"""Conditional responses: 304 Not Modified before a page is rendered, if the browser still has it."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseNotModified
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags

from projects.access import HtmxHttpRequest


def etag_of(request: HtmxHttpRequest, version: object | None) -> str | None:
    """The ETag of a whole page in this version, for this user and address; None for one that must be made anew.

    The form token in a page belongs to the browser's cookie, which counts for that. Messages are shown once.
    """
    if version is None or len(messages.get_messages(request)):
        return None
    user = request.user
    told = (user.pk, user.get_username(), user.is_staff, request.META.get("CSRF_COOKIE"), request.get_full_path())
    return f'"{hashlib.sha256(repr((_build(), told, version)).encode()).hexdigest()[:40]}"'


def unchanged(request: HtmxHttpRequest, etag: str | None) -> HttpResponseNotModified | None:
    """The answer to a browser that has the page with this ETag."""
    asked = parse_etags(request.headers.get("If-None-Match", ""))
    if etag is None or etag not in (one.removeprefix("W/") for one in asked):
        return None
    response = HttpResponseNotModified()
    mark(response, etag)
    return response


def mark(response: HttpResponseBase, etag: str | None) -> None:
    """Let the browser keep the page, and ask each time whether it still holds."""
    if etag is not None:
        response.headers["ETag"] = etag
        patch_cache_control(response, private=True, no_cache=True)


@cache
def _build() -> int:
    """Changes with the code and the templates that make pages."""
    folders = (settings.BASE_DIR / name for name in ("templates", "projects", "scanner", "compat_site"))
    files = (path for folder in folders for path in Path(folder).rglob("*") if path.suffix in (".html", ".py"))
    return max(path.stat().st_mtime_ns for path in files)
