"""Badges: the verdict of one target as a small picture, and as the JSON that badge services read."""

from __future__ import annotations

from html import escape

from projects.domain.assessment.verdicts import ProjectVerdict
from projects.presentation.columns import column_of

# The colours have a contrast of at least 4.5 with white text.
_COLOURS = {
    ProjectVerdict.GO: "#1a7f37",
    ProjectVerdict.CONDITIONAL: "#8a5a00",
    ProjectVerdict.NO_GO: "#b42318",
    ProjectVerdict.UNKNOWN: "#57606a",
}
_TEXTS = {
    ProjectVerdict.GO: "ready",
    ProjectVerdict.CONDITIONAL: "ready after changes",
    ProjectVerdict.NO_GO: "blocked",
    ProjectVerdict.UNKNOWN: "not known",
}
_CHARACTER, _PADDING, _HEIGHT = 6.6, 12, 20
_LABEL_COLOUR = "#3d444d"


def badge_text(verdict: ProjectVerdict) -> str:
    """Return what a badge says of a verdict."""
    return _TEXTS[verdict]


def badge_json(target: str, verdict: ProjectVerdict) -> dict[str, object]:
    """Return the document of a badge as shields.io and compatible services read it (schema version 1)."""
    return {
        "schemaVersion": 1,
        "label": column_of(target).inline_label,
        "message": badge_text(verdict),
        "color": _COLOURS[verdict].removeprefix("#"),
        "isError": verdict is ProjectVerdict.UNKNOWN,
    }


def badge_svg(target: str, verdict: ProjectVerdict) -> str:
    """Return a badge as SVG, with its words as title and as its name for screen readers."""
    label, message = escape(column_of(target).inline_label), badge_text(verdict)
    left, right = _width(column_of(target).inline_label), _width(message)
    total = left + right
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total}" height="{_HEIGHT}" role="img" '
        f'aria-label="{label}: {message}"><title>{label}: {message}</title>'
        f'<rect width="{total}" height="{_HEIGHT}" rx="3" fill="{_LABEL_COLOUR}"/>'
        f'<rect x="{left}" width="{right}" height="{_HEIGHT}" rx="3" fill="{_COLOURS[verdict]}"/>'
        f'<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle" '
        f'aria-hidden="true"><text x="{left / 2:g}" y="14">{label}</text>'
        f'<text x="{left + right / 2:g}" y="14">{message}</text></g></svg>\n'
    )


def _width(text: str) -> int:
    return round(len(text) * _CHARACTER) + _PADDING
