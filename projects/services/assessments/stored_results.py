"""What is stored of an evaluation's results, made once for all projects that share the results."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from projects.domain.assessment.target_result import TargetResult
from projects.models import TargetAssessment
from projects.presentation.cell_summary import cells_to_json

_FIELDS = ("target", "position", "verdict", "counts", "blockers", "conflict", "packages", "plan")
_DIGESTED = ("target", "verdict", "blockers", "conflict", "packages", "plan")


class StoredResults(Struct, frozen=True):
    """The rows of results, without their assessment, and the digest of what they say.

    `changes` are those since other results, by the digest of these.
    """

    results: tuple[TargetResult, ...]
    fields: tuple[Mapping[str, Any], ...]
    shown: tuple[Mapping[str, Any], ...]
    changes: dict[str, list[list[str | None]]] = field(default_factory=dict)
    _digested: Any = field(default_factory=hashlib.sha256)

    @classmethod
    def of(cls, results: Sequence[TargetResult]) -> StoredResults:
        """Make what is stored of results."""
        rows = [TargetAssessment.from_result(result, position) for position, result in enumerate(results)]
        made = cls(
            tuple(results),
            tuple({name: getattr(row, name) for name in _FIELDS} for row in rows),
            tuple(cells_to_json(result.packages) for result in results),
        )
        said = [[fields[name] for name in _DIGESTED] for fields in made.fields]
        made._digested.update(f"[{json.dumps(said, sort_keys=True)}, ".encode())
        return made

    def digest(self, extra: list[Any]) -> str:
        """Return the digest of the results together with what else an assessment says."""
        whole = self._digested.copy()
        whole.update(f"{json.dumps(extra, sort_keys=True)}]".encode())
        return str(whole.hexdigest())

    def rows(self) -> list[TargetAssessment]:
        """Return new rows, in order."""
        return [TargetAssessment(**fields, shown=shown) for fields, shown in zip(self.fields, self.shown, strict=True)]


# Projects that ask the same are assessed one after another: their results are the same objects.
_last: StoredResults | None = None
_lock = threading.Lock()


def stored_results(results: Sequence[TargetResult]) -> StoredResults:
    """Return what is stored of results: of those that were stored last, what was made then."""
    global _last  # noqa: PLW0603  one for the process, as the kept evaluations are
    with _lock:
        kept = _last
    if kept is None or len(kept.results) != len(results) or any(map(_differ, kept.results, results)):
        kept = StoredResults.of(results)
        with _lock:
            _last = kept
    return kept


def _differ(one: TargetResult, other: TargetResult) -> bool:
    return one is not other
