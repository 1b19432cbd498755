"""Plans written into the files that they were made for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from projects.domain.dependency_files import ParsedFiles
from projects.domain.rewriting.written import hashed_pins, write_plan
from scanner.domain.targets.target import parse_target
from scanner.selectors.digests import release_digests
from scanner.services.index_sets import IndexSet


def with_written_plans(
    document: Mapping[str, Any],
    *,
    files: Mapping[str, bytes],
    parsed: ParsedFiles,
    roots: Sequence[str],
    indexes: Callable[[], IndexSet],
) -> dict[str, Any]:
    """An assessment document (design §10) whose plans and bridge hold the rewritten files. One query at most.

    `files` are those that `intake` was read from; the file names in `roots` were asked for. `indexes` is called where
    hashes are to be read.
    """
    bridge = document.get("bridge")
    plans = [entry["plan"] for entry in document["assessments"] if entry["plan"] is not None]
    plans += [bridge] if bridge is not None else []
    wanted = hashed_pins(plans, parsed)
    digests = release_digests(indexes().keys, wanted) if wanted else {}

    def written(plan: Mapping[str, Any] | None, slugs: Sequence[str]) -> dict[str, Any] | None:
        if plan is None:
            return None
        targets = [parse_target(slug) for slug in slugs]
        return write_plan(plan, files=files, parsed=parsed, roots=roots, targets=targets, digests=digests)

    return {
        **document,
        "assessments": [
            {**entry, "plan": written(entry["plan"], [entry["target"]])} for entry in document["assessments"]
        ],
        "bridge": written(bridge, bridge["targets"]) if bridge is not None else None,
    }
