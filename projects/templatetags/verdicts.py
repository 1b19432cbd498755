"""Glyph and word of a state, and a moment as people say it. Nothing more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from projects.domain.assessment.verdicts import Verdict
from projects.presentation.freshness import say_ago, say_span
from projects.presentation.heatmap import WORDS

register = template.Library()
_GLYPHS = {
    Verdict.READY: "✓",
    Verdict.DEGRADED: "◐",
    Verdict.UPGRADE: "↑",
    Verdict.BLOCKED: "✕",
    Verdict.UNKNOWN: "?",
    Verdict.INACTIVE: "·",
}


@register.filter
def glyph(verdict: Verdict) -> str:
    """The sign of a state, which tells it apart without colour."""
    return _GLYPHS[verdict]


@register.filter
def word(verdict: Verdict) -> str:
    """The word of a state, as the pills and screen readers have it."""
    return WORDS[verdict]


@register.simple_tag
def ago(moment: datetime | None) -> SafeString | str:
    """A moment relative to now, with the exact UTC time as its title."""
    if moment is None:
        return "never"
    exact = moment.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        exact.isoformat(timespec="seconds"),
        exact.strftime("%Y-%m-%d %H:%M:%S"),
        say_ago(moment, timezone.now()),
    )


@register.filter
def span(length: timedelta | None) -> str:
    """How long something lasts or waits; nothing for None."""
    return "" if length is None else say_span(length) or "less than a minute"


@register.filter
def grouped(number: int) -> str:
    """12,345: a number that a reader can take in."""
    return f"{number:,}"
