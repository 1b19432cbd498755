"""Template filters and tags for verdicts, times and numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from projects.domain.assessment.verdicts import Severity, Verdict
from projects.presentation.freshness import format_age, format_span
from projects.presentation.words import severity_word, verdict_word
from scanner.domain.phrases import grouped as with_separators
from scanner.domain.translation import gettext

register = template.Library()
_GLYPHS = {
    Verdict.READY: "✓",
    Verdict.DEGRADED: "◐",
    Verdict.HELD_BACK: "↓",
    Verdict.UPGRADE: "↑",
    Verdict.BLOCKED: "✕",
    Verdict.NOT_JUDGED: "~",
    Verdict.IGNORED: "‖",
    Verdict.UNKNOWN: "?",
    Verdict.INACTIVE: "·",
}


@register.filter
def glyph(verdict: Verdict) -> str:
    """Return the symbol of a verdict, which distinguishes it without colour."""
    return _GLYPHS[verdict]


@register.filter
def word(verdict: Verdict) -> str:
    """Return the word for a verdict."""
    return verdict_word(verdict)


@register.filter
def severity(level: Severity | str) -> str:
    """Return the word for a severity."""
    return severity_word(level)


@register.simple_tag
def target_url(project: str, target: str, look: Verdict) -> str:
    """Return the page that says what to do about a target: its upgrade path, what blocks it, or its packages."""
    if look is Verdict.UPGRADE:
        return reverse("project-upgrade", args=[project, target])
    if look is Verdict.BLOCKED:
        return reverse("target", args=[project, target])
    return f"{reverse('project', args=[project])}?target={target}#risk"


@register.simple_tag
def ago(moment: datetime | None) -> SafeString | str:
    """Return a time relative to now, with the time in the viewer's zone and the exact UTC time as its title."""
    if moment is None:
        return gettext("never")
    exact = moment.astimezone(UTC)
    title = gettext("{time} UTC").format(time=f"{exact:%Y-%m-%d %H:%M:%S}")
    if timezone.get_current_timezone_name() != "UTC":
        local = f"{timezone.localtime(moment):%Y-%m-%d %H:%M %Z}"
        title = gettext("{local}, {exact}").format(local=local, exact=title)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        exact.isoformat(timespec="seconds"),
        title,
        format_age(moment, timezone.now()),
    )


@register.filter
def span(length: timedelta | None) -> str:
    """Return a length of time in its largest unit, "" for None."""
    return "" if length is None else format_span(length) or gettext("less than a minute")


@register.filter
def grouped(number: int) -> str:
    """Return a number with thousands separators."""
    return with_separators(number)
