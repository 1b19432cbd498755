"""The ETag of a project's page, for Django's conditional requests: an unchanged page is not rendered again."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.utils import timezone

from projects.access import HtmxHttpRequest
from projects.selectors.versions import PageFacts, page_facts
from projects.viewer import theme_of, zone_of
from scanner.domain.translation import language


def facts_of(request: HtmxHttpRequest, slug: str) -> PageFacts | None:
    """Return the facts of a project's page, which one request reads once."""
    if not hasattr(request, "page_facts"):
        request.page_facts = page_facts(request.user, slug, timezone.now())
    return request.page_facts


def project_etag(request: HtmxHttpRequest, slug: str) -> str | None:
    """Return the ETag of the whole page for this user and URL; None for a part, and for a page with messages.

    A page contains a CSRF token, so the cookie's value is part of the ETag.
    """
    if request.htmx or len(messages.get_messages(request)):
        return None
    facts = facts_of(request, slug)
    if facts is None:
        return None
    user = request.user
    reader = (user.pk, user.get_username(), user.is_staff, request.META.get("CSRF_COOKIE"), request.get_full_path())
    look = (theme_of(request), zone_of(request), language())
    return f'"{hashlib.sha256(repr((_build(), reader, look, facts.version)).encode()).hexdigest()[:40]}"'


@cache
def _build() -> int:
    """Return a number that changes with the code, the templates and the translations."""
    folders = (settings.BASE_DIR / name for name in ("templates", "projects", "scanner", "compat_site", "translations"))
    files = (path for folder in folders for path in Path(folder).rglob("*") if path.suffix in (".html", ".py", ".mo"))
    return max(path.stat().st_mtime_ns for path in files)
