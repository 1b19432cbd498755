"""An assessment as CSV: its columns, and the one writer of command and page. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

CSV_COLUMNS = (
    *("target", "target_verdict", "name", "version", "direct", "availability", "detail", "yanked", "verdict"),
    *("severity", "reason", "first_available", "latest_available", "file", "source", "line"),
)
# A cell that begins so would be run as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Judged(NamedTuple):
    """One line of the file: a target with its verdict, and a package row of design §10 on it."""

    target: str
    verdict: str
    row: Mapping[str, Any]


def csv_text(lines: Iterable[Judged]) -> str:
    """CSV_COLUMNS and one line for each of `lines`, in their order.

    What a row does not say is empty; cells that a spreadsheet would run are made text.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    writer.writerows([_cell(value) for value in _values(line)] for line in lines)
    return out.getvalue()


def _values(line: Judged) -> list[object]:
    first, latest = line.row.get("first_available"), line.row.get("latest_available")
    known = {
        **line.row,
        "target": line.target,
        "target_verdict": line.verdict,
        "first_available": first["version"] if first else None,
        "latest_available": latest["version"] if latest else None,
    }
    return [known.get(column) for column in CSV_COLUMNS]


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
