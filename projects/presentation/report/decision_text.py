"""A decision sheet as Markdown and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date

from projects.domain.report.decision import DecisionSheet, MoveOption, OptionKind
from scanner.domain.phrases import count
from scanner.domain.targets.pythons import PYTHON_BRANCHES
from scanner.domain.targets.target import parse_target

_NAMES = {
    OptionKind.STAY: "Stay",
    OptionKind.SMALLEST: "Smallest move",
    OptionKind.BRIDGE: "Bridge: one set on both",
    OptionKind.LATEST: "Latest versions",
}
_POSSIBLE = {True: "yes", False: "no", None: "not known yet"}
_ROWS: tuple[tuple[str, Callable[[MoveOption], str]], ...] = (
    ("Python", lambda one: ", ".join(parse_target(slug).label for slug in one.targets)),
    ("Supported until", lambda one: ", ".join(dict.fromkeys(_end(slug) for slug in one.targets))),
    ("A set holds", lambda one: _POSSIBLE[one.is_possible]),
    ("Own packages that change", lambda one: str(one.direct)),
    ("Other packages that change", lambda one: str(one.transitive)),
    ("… by a major version", lambda one: str(one.major)),
    ("Packages added, dropped", lambda one: f"{one.added}, {one.dropped}"),
    ("Held back", lambda one: ", ".join(one.held_back) or "none"),
    ("Blocked", lambda one: ", ".join(one.blocked) or "none"),
)


def decision_markdown(sheet: DecisionSheet, title: str, today: date) -> str:
    """Return the options side by side, then the packages with the version of each option."""
    return "\n".join(_lines(sheet, title, today)) + "\n"


def decision_json(sheet: DecisionSheet) -> str:
    """Return the sheet as JSON."""
    return json.dumps(
        {
            "decision": 1,
            "options": [
                {
                    "option": one.kind.value,
                    "targets": list(one.targets),
                    "possible": one.is_possible,
                    "supported_until": [_end(slug) for slug in one.targets],
                    "changes": {"direct": one.direct, "transitive": one.transitive, "major": one.major},
                    "added": one.added,
                    "dropped": one.dropped,
                    "held_back": list(one.held_back),
                    "blocked": list(one.blocked),
                }
                for one in sheet.options
            ],
            "packages": [
                {
                    "name": one.name,
                    "direct": one.is_direct,
                    "before": one.before,
                    "after": {kind.value: version for kind, version in one.after.items()},
                }
                for one in sheet.packages
            ],
        },
        indent=2,
    )


def _lines(sheet: DecisionSheet, title: str, today: date) -> Iterator[str]:
    yield from (f"# {title}", "", f"As of {today.isoformat()}.", "")
    names = [_NAMES[one.kind] for one in sheet.options]
    yield _row(["", *names])
    yield _row(["---"] * (len(names) + 1))
    for label, cell in _ROWS:
        yield _row([label, *(cell(one) for one in sheet.options)])
    if not sheet.packages:
        return
    kinds = [one.kind for one in sheet.options if one.kind is not OptionKind.STAY]
    yield from ("", f"## {count(len(sheet.packages), 'package')} that may change", "")
    yield _row(["Package", "In use", *(_NAMES[kind] for kind in kinds)])
    yield _row(["---"] * (len(kinds) + 2))
    for package in sheet.packages:
        name = package.name if package.is_direct else f"{package.name} (through others)"
        yield _row([name, package.before, *(package.after.get(kind, "stays") for kind in kinds)])


def _row(cells: list[str]) -> str:
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _end(slug: str) -> str:
    branch = PYTHON_BRANCHES.get(parse_target(slug).python.version)
    return branch.end_of_life.isoformat() if branch is not None and branch.end_of_life is not None else "not set"
