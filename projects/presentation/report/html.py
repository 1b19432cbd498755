"""What the report's HTML needs beside the value: colours, glyphs and the patch line by line. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from projects.presentation.report.markdown import REACH
from projects.presentation.report.values import MigrationReport, ReachablePython

_LOOKS = {"go": ("ready", "✓"), "conditional": ("upgrade", "↑"), "no-go": ("blocked", "✕"), "unknown": ("unknown", "?")}
_KINDS = {"+": "plus", "-": "minus", "@": "place"}


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of the patch; `kind` is plus, minus, place or same."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class ReachableRow:
    """A rung with its colour and word."""

    rung: ReachablePython
    look: str
    reach: str


def page_context(report: MigrationReport) -> dict[str, Any]:
    """The context of templates/projects/_report.html."""
    look, glyph = _LOOKS[report.verdict]
    patch = report.written.patch if report.written else ""
    return {
        "report": report,
        "look": look,
        "glyph": glyph,
        "patch": [DiffLine(_kind(line), line) for line in patch.splitlines()],
        "rungs": [ReachableRow(rung, _LOOKS[rung.reach][0], REACH[rung.reach]) for rung in report.ladder],
    }


def _kind(line: str) -> str:
    if line.startswith(("+++", "---")):
        return "place"
    return _KINDS.get(line[:1], "same")
