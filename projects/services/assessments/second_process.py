"""Search and explain some targets of a command's request in a second process, on another processor.

The process is forked when the first target has been searched, so it has all that was read until then. It reads the
store and asks no index: a target that needs more is left to the parent, as all of them are if the child ends early.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import IO

from django.db import connection
from msgspec.structs import replace

from projects.domain.assessment.evaluate import ResolvedTarget, explain_targets, releases_to_explain, unseen_in
from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.index_snapshot import IndexSnapshot
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.searches import TargetSearches
from projects.domain.assessment.target_result import TargetResult
from projects.sandbox.frames import read_message, write_message
from projects.services.assessments.read_index import IndexReader, read_files
from scanner.domain.resolution.model.missing import Missing
from scanner.domain.targets.target import Target
from scanner.services.forking import can_fork
from scanner.services.stored_facts import fresh_names, settled_releases

Results = Mapping[Target, TargetResult]
# For fewer targets a second process costs about what it saves.
_FEWEST = 8


class SecondProcess:
    """A child that works on `targets`. `results` waits for it."""

    def __init__(self, targets: Sequence[Target], pid: int, answer: IO[bytes]) -> None:
        self.targets = targets
        self.pid = pid
        self._answer = answer

    @classmethod
    def start(cls, targets: Sequence[Target], work: Callable[[], Results]) -> SecondProcess:
        """Fork a child that writes what `work` returns into a pipe."""
        source, sink = os.pipe()
        parent = os.getpid()
        pid = os.fork()
        if not pid:
            os.close(source)
            _answer(sink, work, parent)
        os.close(sink)
        return cls(targets, pid, os.fdopen(source, "rb"))

    def results(self) -> Results:
        """Return the results of the targets that the child could decide, none if it ended early."""
        try:
            found = read_message(self._answer)
        except EOFError:
            return {}
        assert isinstance(found, dict)
        return found

    def end(self) -> None:
        """End the child, whatever it does."""
        self._answer.close()
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


@contextmanager
def second_process(
    request: AssessmentRequest, reader: IndexReader, searches: TargetSearches, fresh_for: timedelta
) -> Iterator[SecondProcess | None]:
    """Let a child work on the targets of half of the Pythons, until the block ends; None where it cannot.

    These targets are put aside in `searches`.
    """
    child = _fork(request, reader, searches, fresh_for) if _can_fork(request, searches) else None
    try:
        yield child
    finally:
        if child is not None:
            child.end()


def _can_fork(request: AssessmentRequest, searches: TargetSearches) -> bool:
    """Return whether a child would be safe and of use. A bridge needs all targets in one place."""
    return (
        not request.bridge
        and len(searches.unfinished) >= _FEWEST
        and len({target.python for target in searches.unfinished}) > 1
        and can_fork()
    )


def _fork(
    request: AssessmentRequest, reader: IndexReader, searches: TargetSearches, fresh_for: timedelta
) -> SecondProcess:
    # What is said of a pure wheel is the same on all platforms of one Python. Later ones take longer, as more is to be
    # planned: of four the second and third go to the child.
    pythons = sorted({target.python for target in searches.unfinished}, key=lambda one: one.version, reverse=True)
    theirs = {python for place, python in enumerate(pythons) if place % 4 in (1, 2)}
    targets = [target for target in searches.unfinished if target.python in theirs]
    connection.close()
    child = SecondProcess.start(targets, lambda: decide_stored(request, reader, searches, targets, fresh_for))
    searches.put_aside(targets)
    return child


def _answer(sink: int, work: Callable[[], Results], parent: int) -> None:
    """Write what `work` returns, and end the process. After an error nothing is written: the parent meets it too."""
    status = 1
    try:
        # Ctrl-C is for the parent; what it does about it, as what it does at its end, is not for the child.
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, signal.SIG_DFL)
        # End when the parent was killed: no process reads the answer.
        signal.signal(signal.SIGALRM, lambda *_: os._exit(1) if os.getppid() != parent else None)
        signal.setitimer(signal.ITIMER_REAL, 1, 1)
        with os.fdopen(sink, "wb") as stream:
            write_message(stream, work())
        status = 0
    finally:
        os._exit(status)


def decide_stored(
    request: AssessmentRequest,
    reader: IndexReader,
    searches: TargetSearches,
    targets: Sequence[Target],
    fresh_for: timedelta,
) -> Results:
    """Search these targets as far as the store goes, and explain those that are decided."""
    searches.put_aside([target for target in searches.unfinished if target not in targets])
    before = {one.target for one in searches.finished}
    while missing := searches.advance():
        fresh = fresh_names(reader.indexes, {*missing.packages, *missing.likely_packages}, fresh_for)
        reader.read(fresh - reader.names)
        unknown = reader.snapshot.unknown(missing)
        hopeless = _hopeless(unknown, fresh, reader.snapshot)
        if unknown == replace(missing, likely=(), likely_packages=()) and not hopeless:
            break
        searches.cache.give_up(hopeless)
    return explain_decided(request, reader, [one for one in searches.finished if one.target not in before])


def _hopeless(unknown: Missing, fresh: Collection[str], snapshot: IndexSnapshot) -> Missing:
    """Return those of these facts that no index would be asked for: they are given up."""
    found = {one: snapshot.candidate(*one) for one in unknown.releases}
    settled = settled_releases([candidate.pk for candidate in found.values() if candidate is not None])
    return Missing(
        tuple(name for name in unknown.packages if name in fresh),
        tuple(one for one, candidate in found.items() if candidate is None or candidate.pk in settled),
    )


def explain_decided(request: AssessmentRequest, reader: IndexReader, resolved: Iterable[ResolvedTarget]) -> Results:
    """Return the results of those of these targets that no further fact changes."""
    decided = [one for one in resolved if not one.missing and not unseen_in([one], reader.snapshot)]
    explanations = WheelExplanations(read_files(releases_to_explain(decided), as_of=reader.as_of))
    results = explain_targets(request, decided, reader.snapshot, explanations)
    return {one.target: result for one, result in zip(decided, results, strict=True)}
