"""Plan reasons as data: stored and read again, and their sentences."""

import json

import pytest

from scanner.domain.resolution.explain.conflict import ConflictLine, LineKind
from scanner.domain.resolution.explain.plan_reason import PlanReason, PlanReasonKind
from scanner.domain.resolution.explain.reasons import Obstacle
from scanner.domain.resolution.explain.sentences import plan_cause_text, plan_reason_text

LINUX = "cp313-manylinux_2_28_x86_64"
BLOCKED = PlanReason(
    PlanReasonKind.NO_INSTALLABLE_VERSION, "driver", "2.9", (Obstacle.COMPILED_SOURCE, Obstacle.TOO_YOUNG), (LINUX,)
)
CONTRADICTION = PlanReason(
    PlanReasonKind.CONTRADICTION,
    sides=(
        ConflictLine(LineKind.ASKED, "shared", "shared<2", target=LINUX),
        ConflictLine(LineKind.NEEDS, "right", "shared>=2", "1.0", required="shared"),
    ),
)
REASONS = [
    BLOCKED,
    PlanReason(PlanReasonKind.WITH_OTHERS),
    PlanReason(
        PlanReasonKind.UNMET_REQUIREMENT,
        "model",
        "2.6.1",
        targets=(LINUX,),
        requirement="core==2.16.2",
        required="core",
        available_from="",
    ),
    PlanReason(PlanReasonKind.CUT_SHORT, steps=200),
    CONTRADICTION,
    PlanReason(PlanReasonKind.BLOCKED, parts=(BLOCKED, PlanReason(PlanReasonKind.NOT_POLLED, "later"))),
]


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason.kind.value)
def test_a_reason_is_read_as_it_was_written(reason: PlanReason) -> None:
    assert PlanReason.from_json(json.loads(json.dumps(reason.to_json()))) == reason


def test_fields_that_are_not_set_are_not_written() -> None:
    assert PlanReason(PlanReasonKind.WITH_OTHERS).to_json() == {"kind": "with-others"}


def test_a_sentence_that_was_stored_is_read_as_it_is() -> None:
    stored = PlanReason.from_json("no path: nothing works")
    assert (stored.kind, plan_reason_text(stored)) == (PlanReasonKind.TEXT, "no path: nothing works")


def test_a_target_is_named_as_the_page_names_it_or_left_out() -> None:
    lacking = "has no wheel for it, only source to compile or is younger than the policy allows"
    text = f"no release of driver is usable{{}}: 2.9 {lacking}"
    assert plan_cause_text(BLOCKED) == text.format(f" on {LINUX}")
    assert plan_cause_text(BLOCKED, lambda slug: "Python 3.13 on Linux") == text.format(" on Python 3.13 on Linux")
    assert plan_cause_text(BLOCKED, lambda slug: "") == text.format("")


def test_only_a_plan_that_does_not_exist_has_no_path() -> None:
    assert plan_reason_text(BLOCKED) == plan_cause_text(BLOCKED)
    assert (
        plan_reason_text(PlanReason(PlanReasonKind.BLOCKED, parts=(BLOCKED,))) == f"no path: {plan_cause_text(BLOCKED)}"
    )


def test_a_contradiction_names_its_sides() -> None:
    assert plan_cause_text(CONTRADICTION) == f"you ask for shared<2 on {LINUX}, but right 1.0 needs shared>=2"
    one_side = PlanReason(PlanReasonKind.CONTRADICTION, sides=CONTRADICTION.sides[:1])
    assert plan_cause_text(one_side) == "the requirements contradict each other"
    stored = PlanReason.from_json({"kind": "contradiction", "sides": ["left needs shared<2", "right needs shared>=2"]})
    assert plan_cause_text(stored) == "left needs shared<2, but right needs shared>=2"
