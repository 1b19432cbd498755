"""How far an assessment is, as the bars and the line of the project page say it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from projects.domain.assessment.stop_reason import StopReason
from projects.presentation.asking import ask_every
from projects.presentation.sentences import stopped_text
from projects.presentation.stored import IndexReading, ProjectState, StoredAssessment
from scanner.domain.translation import gettext, ngettext

# How often a page asks how far an assessment is while jobs go on, in seconds.
_ASK_EVERY = 2
# How soon a later job may begin where the time of the next attempt is not known.
_NEXT_JOB = timedelta(minutes=1)


class Phase(Struct, frozen=True):
    """A part of the work whose extent is known from the start, and how much of it is done: "23 of 31"."""

    label: str
    done: int
    total: int

    @property
    def text(self) -> str:
        """How much is done, in words."""
        return gettext("{number} of {total}").format(number=self.done, total=self.total)


class AssessmentProgress(Struct, frozen=True):
    """How far an assessment is: a bar for each phase, and a line about what grows as it goes on.

    What packages need is found while they are read, so their number is not known before: `text` counts them without a
    total. `mark` changes with every step, so that a page knows when to fetch its summary again. `next_try_at` is when
    an index that did not answer is asked again. The page asks every `ask_every` seconds.
    """

    phases: tuple[Phase, ...]
    text: str
    mark: str
    next_try_at: datetime | None = None
    ask_every: int = _ASK_EVERY


def assessment_progress(state: ProjectState, waiting: set[str], now: datetime) -> AssessmentProgress | None:
    """Return how far the newest assessment is; None when it is complete.

    `waiting` are the packages that the files require on targets that are not decided.
    """
    assessment = state.assessment
    if assessment is not None and assessment.is_complete:
        return None
    known = assessment.targets if assessment is not None else {}
    missing = assessment.missing if assessment is not None else ()
    decided = sum(slug in known and known[slug].is_decided for slug in state.targets)
    # What applies to no target is never read; what is read stays in the total when its targets are decided.
    required = state.reading.required | waiting
    phases = (
        Phase(gettext("Required packages read"), len(state.reading.required), len(required)),
        Phase(gettext("Targets decided"), decided, len(state.targets)),
    )
    text = reading_text(state.reading, missing)
    if assessment is not None and assessment.stopped is not None:
        text = stopped_text(assessment.stopped)
    steps = (*(phase.done for phase in phases), state.reading.others, len(missing))
    next_try_at = assessment.next_try_at if assessment is not None else None
    return AssessmentProgress(
        tuple(phase for phase in phases if phase.total),
        text,
        "-".join(map(str, steps)),
        next_try_at if next_try_at is not None and next_try_at > now else None,
        _ask_every(assessment, now),
    )


def _ask_every(assessment: StoredAssessment | None, now: datetime) -> int:
    """Return how many seconds a page waits before it asks again: longer while the index is not asked either."""
    if assessment is None or assessment.stopped is not StopReason.INDEX:
        return _ASK_EVERY
    return ask_every(_NEXT_JOB if assessment.next_try_at is None else assessment.next_try_at - now, _ASK_EVERY)


def reading_text(reading: IndexReading, missing: Sequence[str]) -> str:
    """Return how many packages are read and what is next: "31 packages read so far, …; next greenlet…".

    An entry of `missing` is a package that was not polled, or "package version": a release whose dependencies are not
    read.
    """
    count = len(reading.required) + reading.others
    if not count:
        return gettext("The packages are being looked up on the index.")
    progress = ngettext(
        "{count} package read so far, dependencies included",
        "{count} packages read so far, dependencies included",
        count,
    ).format(count=count)
    if not missing:
        return f"{progress}."
    packages = [entry for entry in missing if " " not in entry]
    if packages:
        return gettext("{progress}; next {name}…").format(progress=progress, name=min(packages))
    left = len(set(missing))
    text = ngettext(
        "{progress}; next what {count} release needs, {first}…",
        "{progress}; next what {count} releases need, {first}…",
        left,
    )
    return text.format(progress=progress, count=left, first=min(missing))
