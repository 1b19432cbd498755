"""The stored form of an upgrade plan."""

import json

from msgspec.structs import replace

from projects.domain.assessment.upgrade_plan import UpgradePlan
from scanner.domain.resolution.explain.plan_reason import PlanReason, PlanReasonKind
from scanner.domain.resolution.explain.reasons import Obstacle
from scanner.domain.resolution.loosen import Step
from tests.plans import change, plan_of

NO_FILE = PlanReason(PlanReasonKind.NOT_INSTALLABLE, name="core", version="1.0", obstacles=(Obstacle.NO_FILE,))
PLAN = replace(
    plan_of(
        [change("core", "1.0", "2.0", size=Step.MAJOR, why=NO_FILE), change("shell", "1.0", "1.1", direct=False)],
        feasible=False,
        blockers={"stuck": NO_FILE},
        reason=PlanReason(PlanReasonKind.BLOCKED, parts=(NO_FILE,)),
    ),
    added=("new",),
    dropped=("old",),
)


def test_a_plan_is_read_as_it_was_stored() -> None:
    assert UpgradePlan.from_json(json.loads(json.dumps(PLAN.to_json()))) == PLAN


def test_sentences_that_an_earlier_version_stored_are_read() -> None:
    stored = PLAN.to_json()
    stored["reason"] = "no path: it is stuck"
    stored["changes"][0]["why"] = "core 1.0 has no wheel"
    stored["stuck"] = [{"name": "stuck", "reason": "nothing works"}]
    plan = UpgradePlan.from_json(stored)
    assert plan.reason == PlanReason(PlanReasonKind.TEXT, text="no path: it is stuck")
    assert plan.changes[0].reason.text == "core 1.0 has no wheel"
    assert plan.blockers[0].reason.text == "nothing works"


def test_direct_and_major_changes_are_selected() -> None:
    assert [change.name for change in PLAN.direct_changes] == ["core"]
    assert [change.name for change in PLAN.major_changes] == ["core"]
