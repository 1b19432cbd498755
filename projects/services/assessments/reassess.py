"""Evaluate a request again after a change of what is stored: only the results that can differ are made again.

What an evaluation rests on is kept in this process, for the few snapshots that it evaluated last. Nothing depends on
it: another process, or this one after a restart, evaluates in full.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from projects.domain.assessment.explained_targets import explain_targets, releases_to_explain
from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.reassess import (
    Judgements,
    changed_columns,
    explain_again,
    judgements_by_target,
    releases_of_packages,
)
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.resolved_target import missing_in
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.unseen_sdists import is_decided
from projects.services.assessments.evaluate import (
    Evaluation,
    ResolvedRequest,
    evaluate,
    make_evaluation,
    resolve_request,
    search_stored,
)
from projects.services.assessments.read_index import IndexReader, read_files
from scanner.domain.resolution.model.missing import Missing
from scanner.services.index_sets import IndexSet

# Each holds all releases that a project can reach, and its results: about 20 MB for 60 packages on 36 targets.
KEPT = 4
# Whether the newest release may get files changes with time alone.
GOOD_FOR = timedelta(hours=1)


class _Kept(Struct):
    request: AssessmentRequest
    reader: IndexReader
    judgements: Judgements
    results: Sequence[TargetResult]
    since: datetime


_kept: OrderedDict[tuple[IndexSet, Hashable], _Kept] = OrderedDict()
_lock = threading.Lock()


def reevaluate(
    key: Hashable, request: AssessmentRequest, *, indexes: IndexSet, reader: IndexReader | None = None
) -> Evaluation:
    """Evaluate as `evaluate` does, for a request that is evaluated often; `key` identifies its snapshot.

    Where nothing is kept, `reader` reads what is stored; the caller may go on with it.
    """
    reader = reader or IndexReader(indexes, request)
    if request.bridge or request.policy.minimum_age_days:
        # Time alone changes what a minimum age admits; a bridge depends on all targets at once.
        return evaluate(request, indexes=indexes, resolved=resolve_request(request, reader))
    with _lock:
        kept = _kept.pop((indexes, key), None)
    if kept is None or not _is_same(request, kept.request) or request.now - kept.since > GOOD_FOR:
        kept, found = _in_full(request, indexes, resolve_request(request, reader))
    else:
        kept, found = _in_part(request, kept)
    _keep(key, kept, indexes)
    return found


def remember(key: Hashable, request: AssessmentRequest, resolved: ResolvedRequest, *, indexes: IndexSet) -> Evaluation:
    """Evaluate a request that was just resolved, and keep that for `reevaluate`."""
    kept, found = _in_full(request, indexes, resolved)
    _keep(key, kept, indexes)
    return found


def _keep(key: Hashable, kept: _Kept | None, indexes: IndexSet) -> None:
    if kept is not None:
        with _lock:
            _kept[indexes, key] = kept
            while len(_kept) > KEPT:
                _kept.popitem(last=False)


def _is_same(request: AssessmentRequest, other: AssessmentRequest) -> bool:
    return replace(request, now=other.now) == other


def _in_full(
    request: AssessmentRequest, indexes: IndexSet, resolved: ResolvedRequest
) -> tuple[_Kept | None, Evaluation]:
    found = evaluate(request, indexes=indexes, resolved=resolved)
    if found.missing or found.undecided:
        return None, found
    judgements = judgements_by_target(resolved.resolved)
    return _Kept(request, resolved.reader, judgements, found.targets, request.now), found


def _in_part(request: AssessmentRequest, kept: _Kept) -> tuple[_Kept | None, Evaluation]:
    names = kept.reader.changed()
    if not names:
        found = make_evaluation(request, list(kept.results), Missing())
        return kept, replace(found, consulted=kept.reader.names)
    snapshot = kept.reader.snapshot
    before = {name: snapshot.packages.get(name) for name in names}
    kept.reader.read(names)
    columns = {
        column
        for name, view in before.items()
        for column in changed_columns(view, snapshot.packages.get(name), len(request.columns))
    }
    if request.present is not None and snapshot.column(request.present) in columns:
        # What is held back elsewhere may differ.
        columns = set(range(len(request.targets)))
    changed = [request.targets[column] for column in sorted(columns)]
    same = [target for column, target in enumerate(request.targets) if column not in columns]
    resolved = search_stored(request, kept.reader, changed).finished
    missing = missing_in(resolved)
    files_of = read_files([*releases_to_explain(resolved), *releases_of_packages(kept.judgements, names, same)])
    explanations = WheelExplanations(files_of)
    made = {result.target: result for result in explain_targets(request, resolved, snapshot, explanations)}
    earlier = {result.target: result for result in kept.results}
    for target in same:
        made[target.slug] = explain_again(
            earlier[target.slug], target, kept.judgements[target], names, snapshot, explanations, request.now
        )
    results = [made[target.slug] for target in request.targets]
    undecided = frozenset(one.target.slug for one in resolved if not is_decided(one, snapshot))
    found = make_evaluation(request, results, missing, undecided=undecided)
    found = replace(found, consulted=kept.reader.names)
    if missing or undecided:
        return None, found
    judgements = {**kept.judgements, **judgements_by_target(resolved)}
    return _Kept(request, kept.reader, judgements, results, kept.since), found
