"""Results as SARIF 2.1.0, with what code scanning asks of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from projects.domain.audit.findings import SourcePlace
from projects.presentation.checks.result import CheckResult

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif_text(tool: str, results: Sequence[CheckResult]) -> str:
    """Return the results as one run of `tool`, one result for each place."""
    rules = {one.rule.name: one.rule for one in sorted(results, key=lambda one: one.rule.name)}
    order = list(rules)
    driver = {
        "name": tool,
        "rules": [{"id": rule.name, "shortDescription": {"text": rule.text}} for rule in rules.values()],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": list(_results(results, order)),
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _results(results: Iterable[CheckResult], order: list[str]) -> Iterable[dict[str, Any]]:
    for one in results:
        for place in one.places:
            yield {
                "ruleId": one.rule.name,
                "ruleIndex": order.index(one.rule.name),
                "level": one.level.value,
                "message": {"text": one.text},
                "locations": [_location(place)],
                "partialFingerprints": {"wheelway/v1": one.fingerprint(place)},
                **({} if one.is_new is None else {"baselineState": "new" if one.is_new else "unchanged"}),
                "properties": {"severity": one.severity, "targets": list(one.targets)},
            }


def _location(place: SourcePlace) -> dict[str, Any]:
    # An absolute path is none below the root of the source.
    is_relative = not place.path.startswith("/")
    artifact = {"uri": quote(place.path), "uriBaseId": "%SRCROOT%"} if is_relative else {"uri": quote(place.path)}
    region = {"region": {"startLine": place.line}} if place.line > 0 else {}
    return {"physicalLocation": {"artifactLocation": artifact, **region}}
