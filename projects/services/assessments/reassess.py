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

from projects.domain.assessment.evaluate import TargetAnswer, Wish, answer_all, missing_in, named_releases, resolve_all
from projects.domain.assessment.explanations import Proofs
from projects.domain.assessment.reassess import Standings, releases_named, standings_of, touched, with_rows_again
from projects.services.assessments.evaluate import Answer, answer, answer_of, find
from projects.services.assessments.read_index import Reading, files_reader
from scanner.domain.resolution.model.outcomes import Missing
from scanner.services.index_sets import IndexSet

# Each holds all releases that a project can reach, and its rows: about 20 MB for 60 packages on 36 targets.
KEPT = 4
# Advice speaks of releases that are open for new files, which time alone ends.
GOOD_FOR = timedelta(hours=1)


@dataclass(slots=True)
class _Kept:
    wish: Wish
    reading: Reading
    standings: Standings
    answers: Sequence[TargetAnswer]
    since: datetime


_kept: OrderedDict[tuple[IndexSet, Hashable], _Kept] = OrderedDict()
_lock = threading.Lock()


def answer_again(key: Hashable, wish: Wish, *, indexes: IndexSet) -> Answer:
    """As `answer`, for a snapshot that is answered again and again; `key` names it for ever."""
    if wish.bridge or wish.policy.minimum_age_days:
        # Time alone changes what a minimum age admits; a bridge hangs on all targets at once.
        return answer(wish, indexes=indexes)
    with _lock:
        kept = _kept.pop((indexes, key), None)
    if kept is None or not _is_same(wish, kept.wish) or wish.now - kept.since > GOOD_FOR:
        kept, found = _in_full(wish, indexes)
    else:
        kept, found = _in_part(wish, kept)
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


def _is_same(wish: Wish, other: Wish) -> bool:
    return replace(wish, now=other.now) == other


def _in_full(wish: Wish, indexes: IndexSet) -> tuple[_Kept | None, Answer]:
    findings = find(wish, Reading(indexes, wish))
    found = answer(wish, indexes=indexes, findings=findings)
    if found.missing:
        return None, found
    return _Kept(wish, findings.reading, standings_of(findings.resolved), found.targets, wish.now), found


def _in_part(wish: Wish, kept: _Kept) -> tuple[_Kept | None, Answer]:
    names = kept.reading.changed()
    if not names:
        return kept, answer_of(wish, list(kept.answers), Missing())
    knowledge = kept.reading.knowledge
    before = {name: knowledge.views.get(name) for name in names}
    kept.reading.again(names)
    columns = {
        column
        for name, view in before.items()
        for column in touched(view, knowledge.views.get(name), len(wish.targets))
    }
    anew = [wish.targets[column] for column in sorted(columns)]
    same = [target for column, target in enumerate(wish.targets) if column not in columns]
    resolved = resolve_all(wish, knowledge, anew)
    missing = missing_in(resolved)
    files = files_reader([*named_releases(resolved), *releases_named(kept.standings, names, same)])
    proofs = Proofs(files)
    made: Mapping[object, TargetAnswer] = {
        one.target: one
        for one in (
            *answer_all(resolved, knowledge, files, wish.now),
            *(
                with_rows_again(one, kept.standings[one.target], names, knowledge, proofs, wish.now)
                for one in kept.answers
                if one.target in set(same)
            ),
        )
    }
    answers = [made[target] for target in wish.targets]
    found = answer_of(wish, answers, missing)
    if missing:
        return None, found
    standings = {**kept.standings, **standings_of(resolved)}
    return _Kept(wish, kept.reading, standings, answers, kept.since), found
