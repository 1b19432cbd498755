"""How far an assessment is, as the bar and the line of the project page say it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from projects.domain.assessment.stop_reason import StopReason
from projects.presentation.sentences import stopped_text
from projects.presentation.stored import ProjectState
from scanner.domain.translation import gettext, ngettext


class AssessmentProgress(Struct, frozen=True):
    """How far an assessment is, in packages read of the index and, once there are any, in targets decided.

    `text` is "23 of 31, greenlet…", `left` what the index must still tell.
    """

    done: int
    total: int
    text: str
    left: int
    label: str

    @property
    def mark(self) -> str:
        """A text that changes with every step, so that a page knows when to fetch its summary again."""
        return f"{self.done}-{self.left}"


def assessment_progress(state: ProjectState, names: set[str]) -> AssessmentProgress | None:
    """Return how far the newest assessment is; None when it is complete."""
    if state.assessment is None:
        return describe_progress(sorted(names), sorted(names))
    if state.assessment.is_complete:
        return None
    reading = describe_progress(sorted(names), state.assessment.missing) or _all_read(len(names))
    decided = [slug for slug in state.targets if (one := state.assessment.targets.get(slug)) and one.is_decided]
    if not decided:
        return reading
    return deciding(len(decided), len(state.targets), reading, state.assessment.stopped)


def _all_read(packages: int) -> AssessmentProgress:
    return _reading(packages, packages, _part(packages, packages), 0)


def _reading(done: int, total: int, text: str, left: int) -> AssessmentProgress:
    return AssessmentProgress(done, total, text, left, gettext("Reading the package index"))


def _part(done: int, total: int) -> str:
    return gettext("{number} of {total}").format(number=done, total=total)


def deciding(decided: int, targets: int, reading: AssessmentProgress, stopped: StopReason | None) -> AssessmentProgress:
    """Return the progress once some targets are decided, while the index is read for the others."""
    if stopped is not None:
        waits = stopped_text(stopped)
    else:
        waits = gettext("Packages: {progress}").format(progress=reading.text)
    some = ngettext("{number} of {count} target", "{number} of {count} targets", targets)
    text = ngettext("{some} is decided.", "{some} are decided.", decided)
    decision = text.format(some=some.format(number=decided, count=targets))
    return AssessmentProgress(decided, targets, f"{decision} {waits}", reading.left, gettext("Deciding the targets"))


def describe_progress(names: Sequence[str], missing: Sequence[str]) -> AssessmentProgress | None:
    """Return the progress while something is missing; None when nothing is.

    An entry of `missing` is a package that was not polled, or "package version": a release whose dependencies are not
    read. The bar counts packages; the text counts releases once all packages are read.
    """
    if not missing:
        return None
    packages = {entry for entry in missing if " " not in entry}
    total = len({*names, *(entry.partition(" ")[0] for entry in missing)})
    done = total - len(packages)
    if packages:
        text = f"{_part(done, total)}, {min(packages)}…"
        return _reading(done, total, text, len(set(missing)))
    left = len(set(missing))
    text = ngettext(
        "{progress}; next what {count} release needs, {first}…",
        "{progress}; next what {count} releases need, {first}…",
        left,
    )
    return _reading(done, total, text.format(progress=_part(done, total), count=left, first=min(missing)), left)
