"""The machine-readable assessment in short: what a reader with little room needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_QUIET = {"ready", "inactive"}
_ROW = ("name", "version", "verdict", "availability", "reason", "advice")
_CHANGE = ("name", "from", "to", "size", "why")
_MOST_ROWS = 100


def brief_assessment(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return verdicts, what is not ready, and the changes of the plans, of a document of schema 1."""
    return {
        "generated_at": document["generated_at"],
        "index": document["index"]["url"],
        "problems": [one["message"] for one in document["problems"]],
        "targets": [_target(entry) for entry in document["assessments"]],
    }


def brief_package(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the one package that a document of schema 1 requires stands on each target."""
    name = next((one["name"] for one in document["requirements"]), None)
    return {
        "name": name,
        "generated_at": document["generated_at"],
        "targets": [
            {
                "target": entry["target"],
                **_row(row),
                "file": row["file"],
                "first_available": (row["first_available"] or {}).get("version"),
                "latest_available": (row["latest_available"] or {}).get("version"),
                "newest": row["latest"],
                "blocked_by": [other for other in entry["blockers"] if other != name],
            }
            for entry in document["assessments"]
            for row in entry["packages"]
            if row["name"] == name
        ],
    }


def _target(entry: Mapping[str, Any]) -> dict[str, Any]:
    rows = [row for row in entry["packages"] if row["verdict"] not in _QUIET]
    plan = entry["plan"]
    return {
        "target": entry["target"],
        "verdict": entry["verdict"],
        "packages": len(entry["packages"]),
        "not_ready": [_row(row) for row in rows[:_MOST_ROWS]],
        "not_ready_left_out": max(len(rows) - _MOST_ROWS, 0),
        "conflict": entry["conflict"],
        "ways_out": [one["text"] for one in entry["relaxations"]],
        "plan": _plan(plan) if plan is not None else None,
    }


def _plan(plan: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "feasible": plan["feasible"],
        "reason": plan["reason"],
        "changes": [_some(one, _CHANGE) for one in plan["changes"]],
        "limits": plan.get("limits", []),
        "patch": plan.get("patch", ""),
    }


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return _some(row, _ROW)


def _some(data: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: data[name] for name in names}
