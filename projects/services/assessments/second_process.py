"""Search and explain some targets of a command's request in a second process, on another processor.

The process is forked when the first target has been searched, so it has all that was read until then. Where pages are
fetched, the fetch processes serve it too. Where none are, it reads the store alone: a target that needs more is left to
the parent, as are those without a result when a limit is reached, or when the child ends early.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from django.db import connection

from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.searches import TargetSearches
from projects.sandbox.frames import read_message, write_message
from projects.services.assessments.made_targets import MadeTargets
from scanner.domain.targets.target import Target
from scanner.services.forking import ENDING_SIGNALS, can_fork, kill, signals_held
from scanner.services.refresh import Fetcher, FetchProcesses

# For fewer targets a second process costs about what it saves.
_FEWEST = 8


def _do_nothing(source: int, seconds: float) -> None:
    """Wait for nothing."""


class SecondProcess:
    """A child that works on `targets`. `results` waits for it."""

    def __init__(
        self, targets: Sequence[Target], pid: int, answer: IO[bytes], listen: Callable[[int, float], None] = _do_nothing
    ) -> None:
        self.targets = targets
        self.pid = pid
        self._answer = answer
        self._listen = listen

    @classmethod
    def start(
        cls,
        targets: Sequence[Target],
        work: Callable[[], MadeTargets],
        listen: Callable[[int, float], None] = _do_nothing,
    ) -> SecondProcess:
        """Fork a child that writes what `work` returns into a pipe; `listen` is called until that can be read."""
        source, sink = os.pipe()
        parent = os.getpid()
        with signals_held():
            pid = os.fork()
            if not pid:
                os.close(source)
                _answer(sink, work, parent)
        os.close(sink)
        return cls(targets, pid, os.fdopen(source, "rb"), listen)

    def results(self, seconds: float) -> MadeTargets:
        """Return the results of the targets that the child could decide, none if it ended early or takes longer."""
        # Loaded by the fork of the fetch processes, where there are any.
        from multiprocessing.connection import wait

        source, end = self._answer.fileno(), time.monotonic() + seconds
        self._listen(source, seconds)
        if not wait([source], max(0.0, end - time.monotonic())):
            return {}
        try:
            found = read_message(self._answer)
        except EOFError:
            return {}
        assert isinstance(found, dict)
        return found

    def end(self) -> None:
        """End the child, whatever it does."""
        self._answer.close()
        kill(self.pid)


@contextmanager
def second_process(
    request: AssessmentRequest,
    searches: TargetSearches,
    fetcher: Fetcher | FetchProcesses,
    decide: Callable[[], MadeTargets],
) -> Iterator[SecondProcess | None]:
    """Let a child decide the targets of half of the Pythons, until the block ends; None where it cannot.

    These targets are put aside in `searches`, and all others in the child. Both are served by the fetcher.
    """
    child = None
    if isinstance(fetcher, FetchProcesses) and fetcher.can_serve_second and _can_fork(request, searches):
        child = _fork(searches, fetcher, decide)
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


def _fork(searches: TargetSearches, fetcher: FetchProcesses, decide: Callable[[], MadeTargets]) -> SecondProcess:
    # What is said of a pure wheel is the same on all platforms of one Python. Later ones take longer, as more is to be
    # planned: of four the second and third go to the child.
    pythons = sorted({target.python for target in searches.unfinished}, key=lambda one: one.version, reverse=True)
    theirs = {python for place, python in enumerate(pythons) if place % 4 in (1, 2)}
    targets = [target for target in searches.unfinished if target.python in theirs]

    def work() -> MadeTargets:
        fetcher.go_on_as_second()
        searches.put_aside([target for target in searches.unfinished if target not in targets])
        return decide()

    connection.close()
    child = SecondProcess.start(targets, work, fetcher.listen_until)
    fetcher.leave_to_second()
    searches.put_aside(targets)
    return child


def _answer(sink: int, work: Callable[[], MadeTargets], parent: int) -> None:
    """Write what `work` returns, and end the process. After an error nothing is written: the parent meets it too."""
    status = 1
    try:
        # Ctrl-C is for the parent; what it does about it, as what it does at its end, is not for the child.
        for one in ENDING_SIGNALS:
            signal.signal(one, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING_SIGNALS)
        # End when the parent was killed: no process reads the answer.
        signal.signal(signal.SIGALRM, lambda *_: os._exit(1) if os.getppid() != parent else None)
        signal.setitimer(signal.ITIMER_REAL, 1, 1)
        with os.fdopen(sink, "wb") as stream:
            write_message(stream, work())
        status = 0
    finally:
        os._exit(status)
