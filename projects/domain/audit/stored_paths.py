"""The paths in an audit as it is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def below_folder(audit: Mapping[str, Any], folder: str) -> dict[str, Any]:
    """Return an audit whose paths begin with a folder: that of its repository among those of a project."""

    def moved(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [{**row, "path": f"{folder}/{row['path']}"} for row in rows]

    findings = [{**one, "places": moved(one["places"])} for one in audit["findings"]]
    return {**audit, "findings": findings, "places": moved(audit["places"]), "excerpts": moved(audit["excerpts"])}
