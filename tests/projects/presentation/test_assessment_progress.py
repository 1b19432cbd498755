"""The bars of a page whose assessment is not finished: what is done of each phase, and what is read so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest

from projects.domain.assessment.stop_reason import StopReason
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.presentation.assessment_progress import AssessmentProgress, Phase, reading_text
from projects.presentation.cell_summary import CellSummary
from projects.presentation.project_page import project_page
from projects.presentation.risk_table.query import RiskQuery
from projects.presentation.stored import IndexReading, ProjectState, StoredAssessment, TargetSummary
from tests.cast import LINUX_313, LINUX_314, NOON, TARGETS, WINDOWS_313

REQUIRED = "ab"


def progress(
    waiting: Mapping[str, str],
    decided: Mapping[str, str],
    reading: IndexReading,
    missing: Sequence[str] = (),
    stopped: StopReason | None = None,
    next_try_at: datetime | None = None,
) -> AssessmentProgress | None:
    """Return what is told of targets with these packages, a letter each."""
    targets = {slug: target(slug, names, Verdict.UNKNOWN) for slug, names in waiting.items()}
    targets |= {slug: target(slug, names, Verdict.READY) for slug, names in decided.items()}
    assessment = StoredAssessment(
        1, NOON, NOON, not waiting, tuple(missing), targets, stopped=stopped, next_try_at=next_try_at
    )
    state = ProjectState(TARGETS, NOON, None, 2, (), (), assessment, reading=reading)
    return project_page(state, RiskQuery(), NOON).progress


def target(slug: str, names: str, verdict: Verdict) -> TargetSummary:
    whole = ProjectVerdict.UNKNOWN if verdict is Verdict.UNKNOWN else ProjectVerdict.GO
    kinds = {True: "direct", False: "arrives"}
    cells = [CellSummary(name, "1.0", verdict, "", "", "", arrival_kind=kinds[name in REQUIRED]) for name in names]
    return TargetSummary(slug, whole, {verdict.value: len(names)}, None, cells, whole is ProjectVerdict.GO)


def test_no_bar_goes_back_while_needs_are_found_and_targets_are_decided() -> None:
    steps = [
        progress(dict.fromkeys(TARGETS, "ab"), {}, IndexReading(frozenset("a")), ["b"]),
        # Two more are found by the target that is decided, of which one is not required and one not read.
        progress(dict.fromkeys([LINUX_313, LINUX_314], "ab"), {WINDOWS_313: "axy"}, IndexReading(frozenset("a"), 1)),
        # What the index cannot give is left: the target has a set that may not be the last word.
        progress({LINUX_314: "abuv"}, {LINUX_313: "abz", WINDOWS_313: "axy"}, IndexReading(frozenset("ab"), 9)),
    ]
    shown = [[(phase.done, phase.total) for phase in step.phases] for step in steps if step]
    assert shown == [[(1, 2), (0, 3)], [(1, 2), (1, 3)], [(2, 2), (2, 3)]]
    assert steps[-1] is not None
    assert steps[-1].phases == (Phase("Required packages read", 2, 2), Phase("Targets decided", 2, 3))
    assert steps[-1].phases[1].text == "2 of 3"
    assert len({step.mark for step in steps if step}) == len(steps)


def test_what_is_read_is_counted_without_a_total_and_followed_by_what_is_next() -> None:
    reading = IndexReading(frozenset("ab"), others=5)
    read = "7 packages read so far, dependencies included"
    assert reading_text(reading, []) == f"{read}."
    assert reading_text(reading, ["d", "c"]) == f"{read}; next c…"
    assert reading_text(reading, ["b 1.0", "c"]) == f"{read}; next c…"
    assert reading_text(reading, ["b 1.0", "b 1.1"]) == f"{read}; next what 2 releases need, b 1.0…"


def test_a_limit_that_is_reached_is_told_and_a_complete_assessment_has_no_bar() -> None:
    told = progress({LINUX_313: "a"}, {}, IndexReading(), ["a"], StopReason.MEMORY)
    assert told is not None
    assert "limit of memory" in told.text
    assert progress({}, {LINUX_313: "a"}, IndexReading()) is None


@pytest.mark.parametrize(
    ("wait", "shown", "seconds"),
    [
        (None, False, 60),
        (timedelta(seconds=-5), False, 2),
        (timedelta(seconds=1), True, 2),
        (timedelta(seconds=40), True, 40),
        (timedelta(days=1), True, 60),
    ],
)
def test_a_page_asks_seldom_while_the_index_is_not_asked_either(
    wait: timedelta | None, shown: bool, seconds: int
) -> None:
    next_try_at = None if wait is None else NOON + wait
    seen = progress({LINUX_313: "a"}, {}, IndexReading(), ["a"], StopReason.INDEX, next_try_at)
    assert seen is not None
    assert seen.text == "The index did not answer for all that is needed."
    assert (seen.next_try_at, seen.ask_every) == (next_try_at if shown else None, seconds)
    running = progress({LINUX_313: "a"}, {}, IndexReading(), ["a"])
    assert running is not None
    assert (running.next_try_at, running.ask_every) == (None, 2)
