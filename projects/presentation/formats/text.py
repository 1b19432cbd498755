"""An assessment as text: a table for a terminal, Markdown, CSV and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from projects.domain.assessment.counts import packages_needed
from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import SEVERITIES, ProjectVerdict, Verdict
from projects.presentation.formats.bridge_text import BRIDGE_COLUMNS, Bridge
from projects.presentation.formats.csv_table import CsvLine, csv_text
from projects.presentation.limits import limits_text
from projects.presentation.sentences import describe_reason
from projects.presentation.shares import conditional_text
from projects.presentation.unknown_reason import unknown_reason
from scanner.domain.phrases import agree, count, join_words
from scanner.domain.resolution.explain.conflict_text import conflict_lines, ways_out

GLYPHS = {
    Verdict.READY: "✓",
    Verdict.DEGRADED: "◐",
    Verdict.HELD_BACK: "↓",
    Verdict.UPGRADE: "↑",
    Verdict.BLOCKED: "✕",
    Verdict.NOT_JUDGED: "~",
    Verdict.IGNORED: "‖",
    Verdict.UNKNOWN: "?",
    Verdict.INACTIVE: "-",
}
TARGET_GLYPHS = {
    ProjectVerdict.GO: "✓",
    ProjectVerdict.CONDITIONAL: "↑",
    ProjectVerdict.NO_GO: "✕",
    ProjectVerdict.UNKNOWN: "?",
}
COLUMNS = ("Package", "Version", "Cell", "Severity", "Works from", "Latest", "Why")
_MOST_NAMED = 5


def as_json(document: Mapping[str, Any]) -> str:
    """Return the document (docs/schema.md) with one line for each part and each target.

    Indenting everything would make Python write it ten times slower, and a third longer.
    """
    parts = []
    for key, value in document.items():
        if key == "assessments" and value:
            lines = ",\n    ".join(json.dumps(entry, ensure_ascii=False) for entry in value)
            text = f"[\n    {lines}\n  ]"
        else:
            text = json.dumps(value, ensure_ascii=False)
        parts.append(f"{json.dumps(key)}: {text}")
    return "{\n  " + ",\n  ".join(parts) + "\n}\n"


def as_table(results: Iterable[TargetResult], warnings: Sequence[str], bridge: Bridge | None = None) -> str:
    """Return a sentence for each target, with a table of what is not ready, worst first; then the bridge."""
    parts = [_warnings(warnings)]
    for result in results:
        rows = [_cells(package) for package in _not_ready(result)]
        parts.append("\n".join([headline(result), *(f"  {line}" for line in _aligned([COLUMNS, *rows]) if rows)]))
    if bridge is not None:
        lines = _aligned([BRIDGE_COLUMNS, *bridge.rows]) if bridge.rows else ()
        parts.append("\n".join([bridge.headline, *(f"  {line}" for line in lines)]))
    return "\n\n".join(part for part in parts if part) + "\n"


def as_markdown(
    results: Iterable[TargetResult], warnings: Sequence[str], now: datetime, bridge: Bridge | None = None
) -> str:
    """Return a section for each target, with a table of what is not ready; then one for the bridge."""
    parts = [f"# Assessment of {now:%Y-%m-%d}", _warnings(warnings)]
    for result in results:
        first, *rest = headline(result).splitlines()
        parts.append(f"## {result.target}\n\n{first}")
        parts.append("\n".join(f"- {line}" for line in rest))
        rows = [_cells(package) for package in _not_ready(result)]
        if rows:
            parts.append("\n".join(_pipes([COLUMNS, ("---",) * len(COLUMNS), *rows])))
    if bridge is not None:
        parts.append(f"## One set for all targets\n\n{bridge.headline}")
        if bridge.rows:
            parts.append("\n".join(_pipes([BRIDGE_COLUMNS, ("---",) * len(BRIDGE_COLUMNS), *bridge.rows])))
    return "\n\n".join(part for part in parts if part) + "\n"


def as_csv(results: Iterable[TargetResult], bridge: Bridge | None = None) -> str:
    """Return a line for each package and target, then one for each package that the bridge moves or is blocked by."""
    lines = (CsvLine(result.target, result.verdict, package) for result in results for package in result.packages)
    return csv_text(lines, bridge)


def headline(result: TargetResult) -> str:
    """Return the verdict with its cause; below it the conflict, where there is one."""
    total = packages_needed(result.counts)
    match result.verdict:
        case ProjectVerdict.GO:
            few = (
                "Nothing is required here.",
                "Its one package installs as it is.",
                "Both packages install as they are.",
            )
            text = f"go. {few[total] if total < len(few) else f'All {total} packages install as they are.'}"
        case ProjectVerdict.CONDITIONAL:
            need = conditional_text(result.counts, result.names(Verdict.NOT_JUDGED), result.names(Verdict.IGNORED))
            limits = limits_text(result.plan.limits) if result.plan is not None else ""
            need = "; ".join(filter(None, (need, limits))) or "The requirements do not hold together as written"
            path = "; an upgrade path exists" if result.plan is not None and result.plan.feasible else ""
            text = f"conditional. {need[:1].upper()}{need[1:]}{path}."
        case ProjectVerdict.NO_GO:
            text = f"no go. {_obstacles(result, total)}."
        case ProjectVerdict.UNKNOWN:
            text = f"unknown. {unknown_reason(result)}."
    lines = [f"{TARGET_GLYPHS[result.verdict]} {result.target}: {text}"]
    if result.conflict is not None:
        lines += [*conflict_lines(result.conflict, lambda _: ""), *ways_out(result.conflict)]
    return "\n".join(lines)


def _obstacles(result: TargetResult, total: int) -> str:
    names, packages = result.names(Verdict.BLOCKED), count(total, "package")
    if not names:
        return f"The requirements of {packages} cannot hold together"
    more = len(names) - _MOST_NAMED
    named = join_words([*names[:_MOST_NAMED], *([f"{more} more"] if more > 0 else [])])
    of_all = f", of {packages}" if total > len(names) else ""
    return f"{named} {agree(len(names), 'blocks', 'block')} the move{of_all}"


def _not_ready(result: TargetResult) -> list[PackageResult]:
    packages = [one for one in result.packages if one.is_needed and (one.verdict is not Verdict.READY or one.yanked)]
    return sorted(packages, key=lambda package: (-SEVERITIES.index(package.severity), package.name))


def _cells(package: PackageResult) -> tuple[str, ...]:
    first, latest = package.first_available, package.latest_available
    return (
        package.name,
        package.version or package.provenance.specifier or "any",
        f"{GLYPHS[package.verdict]} {package.verdict}{', yanked' if package.yanked else ''}",
        package.severity,
        first.version if first else (package.held_at or "") if package.verdict is Verdict.HELD_BACK else "",
        latest.version if latest else package.newest_version or "",
        describe_reason(package),
    )


def _aligned(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _pipes(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"


def _warnings(warnings: Sequence[str]) -> str:
    return "\n".join(f"! {warning}" for warning in warnings)
