"""An assessment (design §10) as text: a table for a terminal, Markdown, CSV, JSON. Pure: the document in, text out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from projects.domain.assessment.verdicts import SEVERITIES, Severity
from projects.domain.dependency_files.values import FileProblem
from projects.presentation.formats.csv_table import Judged, csv_text
from scanner.domain.phrases import count

GLYPHS = {"ready": "✓", "degraded": "◐", "upgrade": "↑", "blocked": "✕", "unknown": "?", "inactive": "-"}
TARGET_GLYPHS = {"go": "✓", "conditional": "↑", "no-go": "✕", "unknown": "?"}
COLUMNS = ("Package", "Version", "Cell", "Severity", "Works from", "Latest", "Why")

Document = Mapping[str, Any]


def as_json(document: Document) -> str:
    """For programs, and for people with a pager: one line for each part and each target.

    Indenting everything would make Python write it ten times slower, and a third longer.
    """
    parts = []
    for key, value in document.items():
        text = json.dumps(value, ensure_ascii=False)
        if key == "assessments" and value:
            lines = ",\n    ".join(json.dumps(entry, ensure_ascii=False) for entry in value)
            text = f"[\n    {lines}\n  ]"
        parts.append(f"{json.dumps(key)}: {text}")
    return "{\n  " + ",\n  ".join(parts) + "\n}\n"


def as_table(document: Document) -> str:
    """For a terminal: a sentence a target, then what is not ready, worst first."""
    parts = [_problems(document), _confusions(document)]
    for entry in document["assessments"]:
        rows = [_cells(row) for row in _worth_showing(entry)]
        parts.append("\n".join([headline(entry), *(f"  {line}" for line in _aligned([COLUMNS, *rows]) if rows)]))
    return "\n\n".join(part for part in parts if part) + "\n"


def as_markdown(document: Document) -> str:
    """One section a target with a table of what is not ready."""
    parts = [f"# Assessment of {document['generated_at'][:10]}", _problems(document), _confusions(document)]
    for entry in document["assessments"]:
        parts.append(f"## {entry['target']}\n\n{headline(entry)}")
        rows = [_cells(row) for row in _worth_showing(entry)]
        if rows:
            parts.append("\n".join(_pipes([COLUMNS, ("---",) * len(COLUMNS), *rows])))
    return "\n\n".join(part for part in parts if part) + "\n"


def as_csv(document: Document) -> str:
    """One line a package and target, all of them."""
    return csv_text(
        Judged(entry["target"], entry["verdict"], row) for entry in document["assessments"] for row in entry["packages"]
    )


def headline(entry: Mapping[str, Any]) -> str:
    """One sentence: verdict and cause."""
    verdict = entry["verdict"]
    counts: dict[str, int] = {}
    for row in entry["packages"]:
        counts[row["verdict"]] = counts.get(row["verdict"], 0) + 1
    total = sum(number for name, number in counts.items() if name != "inactive")
    said = {
        "go": "go. "
        + ("Its one package installs as it is." if total == 1 else f"All {total} packages install as they are."),
        "conditional": f"conditional. {counts.get('upgrade', 0)} of {count(total, 'package')} must move; all can.",
        "no-go": f"no go. {_in_the_way(_names(entry, 'blocked'))}, of {count(total, 'package')}.",
        "unknown": f"unknown. {counts.get('unknown', 0)} of {count(total, 'package')} could not be judged.",
    }[verdict]
    conflict = f"\n{entry['conflict']}" if entry.get("conflict") else ""
    return f"{TARGET_GLYPHS[verdict]} {entry['target']}: {said}{conflict}"


def _names(entry: Mapping[str, Any], verdict: str) -> list[str]:
    return [row["name"] for row in entry["packages"] if row["verdict"] == verdict]


def _in_the_way(names: Sequence[str]) -> str:
    if not names:
        return "The requirements cannot hold together"
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return f"{shown} stand{'s' if len(names) == 1 else ''} in the way"


def _worth_showing(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rows = [row for row in entry["packages"] if row["verdict"] not in ("ready", "inactive")]
    return sorted(rows, key=lambda row: (-SEVERITIES.index(Severity(row["severity"])), row["name"]))


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    first, latest = row["first_available"], row["latest_available"]
    return (
        row["name"],
        row["version"] or row["specifier"] or "any",
        f"{GLYPHS[row['verdict']]} {row['verdict']}",
        row["severity"],
        first["version"] if first else "",
        latest["version"] if latest else row.get("latest") or "",
        row["reason"],
    )


def _aligned(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(COLUMNS))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _pipes(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"


def _confusions(document: Document) -> str:
    """Names that stand on several indexes: a warning that no verdict tells."""
    return "\n".join(f"! {one['message']}" for one in document["index"].get("confusions", ()))


def _problems(document: Document) -> str:
    problems = (
        FileProblem(problem["path"], problem["line"], problem["text"], problem["message"])
        for problem in document["problems"]
    )
    return "\n".join(f"! {problem}" for problem in problems)
