"""Results as annotations of a change: workflow commands of GitHub Actions, and the code quality report of GitLab."""

from __future__ import annotations

import json
from collections.abc import Iterable

from projects.presentation.checks.result import CheckLevel, CheckResult, worst_first

_COMMANDS = {CheckLevel.ERROR: "error", CheckLevel.WARNING: "warning", CheckLevel.NOTE: "notice"}
_SEVERITIES = {CheckLevel.ERROR: "critical", CheckLevel.WARNING: "major", CheckLevel.NOTE: "minor"}


def annotations_text(title: str, results: Iterable[CheckResult]) -> str:
    """Return workflow commands, one for each result, at its first place. Known results of a baseline are left out.

    GitHub shows ten of each level for a step.
    """
    lines = []
    for one in worst_first(results):
        if one.is_new is False:
            continue
        place = one.places[0]
        line = f",line={place.line}" if place.line > 0 else ""
        named = f"file={_property(place.path)}{line},title={_property(f'{title}: {one.rule.name}')}"
        lines.append(f"::{_COMMANDS[one.level]} {named}::{_data(one.text)}\n")
    return "".join(lines)


def code_quality_text(title: str, results: Iterable[CheckResult]) -> str:
    """Return a list as GitLab reads it. It finds itself what is new, by the fingerprints."""
    entries = [
        {
            "description": one.text,
            "check_name": f"{title}: {one.rule.name}",
            "fingerprint": one.fingerprint(place),
            "severity": _SEVERITIES[one.level],
            "location": {"path": place.path, "lines": {"begin": max(place.line, 1)}},
        }
        for one in worst_first(results)
        for place in one.places
    ]
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
