"""The ladder: which Python a project reaches with no change, with upgrades or not, platform by platform. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from projects.presentation.report.values import ReachablePython
from scanner.domain.targets.pythons import PYTHON_BRANCHES
from scanner.domain.targets.target import Target, parse_target

_NAMED = 4
Entry = Mapping[str, Any]


def reachable_pythons(
    entries: Iterable[Entry], today: date, here: Target | None = None
) -> dict[str, tuple[ReachablePython, ...]]:
    """Platform slug → its Pythons, oldest first, from entries of an assessment (design §10). `here` is marked."""
    steps: dict[str, list[tuple[Target, ReachablePython]]] = {}
    for entry in entries:
        target = parse_target(entry["target"])
        steps.setdefault(target.platform.slug, []).append((target, _rung(entry, target, today, is_this=target == here)))
    return {
        platform: tuple(rung for _, rung in sorted(rungs, key=lambda pair: _order(pair[0])))
        for platform, rungs in steps.items()
    }


def _order(target: Target) -> tuple[str, tuple[int, int], bool]:
    python = target.python
    return python.implementation.value, python.version, python.free_threaded


def _rung(entry: Entry, target: Target, today: date, *, is_this: bool) -> ReachablePython:
    branch = PYTHON_BRANCHES.get(target.python.version)
    return ReachablePython(
        target=target.slug,
        python=target.python.label,
        reach=entry["verdict"],
        text=_text(entry),
        end_of_life=_until(branch.end_of_life if branch else None, today),
        is_this=is_this,
    )


def _text(entry: Entry) -> str:
    plan = entry["plan"]
    match entry["verdict"]:
        case "go":
            return "no change"
        case "conditional" if plan is None:
            return "with upgrades"
        case "conditional":
            direct = sum(1 for change in plan["changes"] if change["direct"])
            moving = len(plan["changes"])
            return f"with {moving} upgrade{'' if moving == 1 else 's'}, {direct} of them written down"
        case "no-go":
            blocked = [row["name"] for row in entry["packages"] if row["verdict"] == "blocked"]
            if not blocked:
                return "not: the requirements cannot hold together there"
            more = len(blocked) - _NAMED
            return "not: " + ", ".join(blocked[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    return "not known yet"


def _until(day: date | None, today: date) -> str:
    if day is None:
        return "not set"
    return f"ended {day}" if day < today else day.isoformat()
