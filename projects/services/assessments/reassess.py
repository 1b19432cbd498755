"""Answer a wish again after something was stored: only what that can change is worked out anew.

What an answer rests on is kept in this process, for the few snapshots that it answered last. Nothing depends on it:
another process, or this one after a restart, answers in full.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from projects.domain.assessment.evaluate import (
    TargetResult,
    explain_targets,
    missing_in,
    releases_to_explain,
    resolve_targets,
)
from projects.domain.assessment.explanations import Proofs
from projects.domain.assessment.reassess import Standings, releases_named, standings_of, touched, with_rows_again
from projects.domain.assessment.request import AssessmentRequest
from projects.services.assessments.evaluate import Evaluation, evaluate, make_evaluation, resolve_request
from projects.services.assessments.read_index import IndexReader, read_files
from scanner.domain.resolution.model.outcomes import Missing
from scanner.services.index_sets import IndexSet

# Each holds all releases that a project can reach, and its rows: about 20 MB for 60 packages on 36 targets.
KEPT = 4
# Advice speaks of releases that are open for new files, which time alone ends.
GOOD_FOR = timedelta(hours=1)


@dataclass(slots=True)
class _Kept:
    request: AssessmentRequest
    reader: IndexReader
    standings: Standings
    answers: Sequence[TargetResult]
    since: datetime


_kept: OrderedDict[tuple[IndexSet, Hashable], _Kept] = OrderedDict()
_lock = threading.Lock()


def reevaluate(key: Hashable, request: AssessmentRequest, *, indexes: IndexSet) -> Evaluation:
    """As `answer`, for a snapshot that is answered again and again; `key` names it for ever."""
    if request.bridge or request.policy.minimum_age_days:
        # Time alone changes what a minimum age admits; a bridge hangs on all targets at once.
        return evaluate(request, indexes=indexes)
    with _lock:
        kept = _kept.pop((indexes, key), None)
    if kept is None or not _is_same(request, kept.request) or request.now - kept.since > GOOD_FOR:
        kept, found = _in_full(request, indexes)
    else:
        kept, found = _in_part(request, kept)
    if kept is not None:
        with _lock:
            _kept[indexes, key] = kept
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
    return found


def forget() -> None:
    """Keep nothing."""
    with _lock:
        _kept.clear()


def _is_same(request: AssessmentRequest, other: AssessmentRequest) -> bool:
    return replace(request, now=other.now) == other


def _in_full(request: AssessmentRequest, indexes: IndexSet) -> tuple[_Kept | None, Evaluation]:
    resolved_request = resolve_request(request, IndexReader(indexes, request))
    found = evaluate(request, indexes=indexes, resolved_request=resolved_request)
    if found.missing:
        return None, found
    return _Kept(
        request, resolved_request.reader, standings_of(resolved_request.resolved), found.targets, request.now
    ), found


def _in_part(request: AssessmentRequest, kept: _Kept) -> tuple[_Kept | None, Evaluation]:
    names = kept.reader.changed()
    if not names:
        return kept, make_evaluation(request, list(kept.answers), Missing())
    snapshot = kept.reader.snapshot
    before = {name: snapshot.packages.get(name) for name in names}
    kept.reader.read(names)
    columns = {
        column
        for name, view in before.items()
        for column in touched(view, snapshot.packages.get(name), len(request.targets))
    }
    anew = [request.targets[column] for column in sorted(columns)]
    same = [target for column, target in enumerate(request.targets) if column not in columns]
    resolved = resolve_targets(request, snapshot, anew)
    missing = missing_in(resolved)
    files = read_files([*releases_to_explain(resolved), *releases_named(kept.standings, names, same)])
    proofs = Proofs(files)
    made: Mapping[object, TargetResult] = {
        one.target: one
        for one in (
            *explain_targets(resolved, snapshot, files, request.now),
            *(
                with_rows_again(one, kept.standings[one.target], names, snapshot, proofs, request.now)
                for one in kept.answers
                if one.target in set(same)
            ),
        )
    }
    answers = [made[target] for target in request.targets]
    found = make_evaluation(request, answers, missing)
    if missing:
        return None, found
    standings = {**kept.standings, **standings_of(resolved)}
    return _Kept(request, kept.reader, standings, answers, kept.since), found
