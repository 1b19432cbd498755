"""What is stored of an evaluation's results, made once for all projects that share the results."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec.json
from msgspec import Struct, field

from projects.domain.assessment.target_result import TargetResult
from projects.models import TargetAssessment
from projects.presentation.cell_summary import cells_to_json

_FIELDS = ("target", "position", "verdict", "counts", "blockers", "conflict", "packages", "plan", "open_reason")
_DIGESTED = ("target", "verdict", "blockers", "conflict", "packages", "plan")


class StoredResults(Struct, frozen=True):
    """The rows of results, without their assessment, and the digest of what they say.

    `changes` are those since other results, by the digest of these.
    """

    results: tuple[TargetResult, ...]
    fields: tuple[Mapping[str, Any], ...]
    shown: tuple[Mapping[str, Any], ...]
    changes: dict[str, list[list[str | None]]] = field(default_factory=dict)
    _digested: list[Any] = field(default_factory=list)

    @classmethod
    def of(cls, results: Sequence[TargetResult]) -> StoredResults:
        """Make what is stored of results. Of those that were stored last, what was made then is taken again."""
        with _lock:
            kept = _last
        known = {} if kept is None else {id(one): at for at, one in enumerate(kept.results)}
        fields: list[Mapping[str, Any]] = []
        shown: list[Mapping[str, Any]] = []
        for position, result in enumerate(results):
            at = known.get(id(result))
            if kept is None or at is None:
                row = TargetAssessment.from_result(result, position)
                fields.append({name: getattr(row, name) for name in _FIELDS})
                shown.append(cells_to_json(result.packages))
            else:
                fields.append({**kept.fields[at], "position": position})
                shown.append(kept.shown[at])
        return cls(tuple(results), tuple(fields), tuple(shown))

    def digest(self, extra: list[Any]) -> str:
        """Return the digest of the results together with what else an assessment says."""
        if not self._digested:
            self._digested.append(hashlib.sha256(f"[{json.dumps(self._said, sort_keys=True)}, ".encode()))
        whole = self._digested[0].copy()
        whole.update(f"{json.dumps(extra, sort_keys=True)}]".encode())
        return str(whole.hexdigest())

    def quick_digest(self, extra: list[Any]) -> str:
        """Return another digest of the same, in a tenth of the time: for results that are soon written again.

        It may change with the encoder, as that of a complete assessment must not.
        """
        return hashlib.sha256(msgspec.json.encode([self._said, extra], order="deterministic")).hexdigest()

    @property
    def _said(self) -> list[Any]:
        # What a search lacks is left out where there is nothing, so that digests of earlier versions hold.
        open_reasons = [[fields["open_reason"]] if fields["open_reason"] else [] for fields in self.fields]
        said = [[fields[name] for name in _DIGESTED] for fields in self.fields]
        return [[*one, *reason] for one, reason in zip(said, open_reasons, strict=True)]

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
