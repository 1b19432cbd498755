"""An assessment as CSV: its columns, and the one writer of command and page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.presentation.formats.bridge_text import Bridge
from projects.presentation.sentences import describe_reason

CSV_COLUMNS = (
    *("target", "target_verdict", "name", "version", "direct", "availability", "detail", "yanked", "verdict"),
    *("severity", "reason", "first_available", "latest_available", "file", "source", "line", "waiver"),
)
# A spreadsheet runs a cell that begins with one of these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class CsvLine(NamedTuple):
    """One line of the file: a package on a target, with the project's verdict on that target."""

    target: str
    target_verdict: ProjectVerdict
    package: PackageResult


def csv_text(lines: Iterable[CsvLine], bridge: Bridge | None = None) -> str:
    """Return CSV_COLUMNS, one line for each of `lines`, in their order, and one for each row of the bridge.

    What is not known is empty; cells that a spreadsheet would run become text.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    writer.writerows([safe_cell(value) for value in _values(line)] for line in lines)
    writer.writerows([safe_cell(value) for value in values] for values in _bridge_values(bridge))
    return out.getvalue()


def _bridge_values(bridge: Bridge | None) -> Iterator[list[object]]:
    """Yield the lines of a bridge; one without a package where it moves none."""
    if bridge is None:
        return
    plan = bridge.plan
    found = ProjectVerdict.CONDITIONAL if plan.changes else ProjectVerdict.GO
    verdict = found if plan.feasible else ProjectVerdict.NO_GO
    common = {"target": "bridge", "target_verdict": verdict.value}
    if not bridge.rows:
        yield [{**common, "reason": bridge.headline}.get(column) for column in CSV_COLUMNS]
    for row in bridge.rows:
        values = {
            **common,
            "name": row.name,
            "version": row.before,
            "verdict": (Verdict.UPGRADE if row.after else Verdict.BLOCKED).value,
            "reason": row.why,
            "first_available": row.after,
        }
        yield [values.get(column) for column in CSV_COLUMNS]


def _values(line: CsvLine) -> list[object]:
    package = line.package
    values = {
        **package.to_json(),
        "target": line.target,
        "target_verdict": line.target_verdict.value,
        "reason": describe_reason(package),
        "first_available": package.first_available.version if package.first_available else None,
        "latest_available": package.latest_available.version if package.latest_available else None,
        "waiver": package.waiver.kind.value if package.waiver else None,
    }
    return [values[column] for column in CSV_COLUMNS]


def safe_cell(value: object) -> str:
    """Return the text of a cell, which no spreadsheet runs as a formula; empty for None."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
