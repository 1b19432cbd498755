"""What is missing of a target that was resolved."""

from projects.domain.assessment.explained_targets import explain_targets
from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.resolved_target import missing_in
from projects.domain.assessment.verdicts import ProjectVerdict
from scanner.domain.resolution.model.policy import BuildPolicy
from tests.projects.domain.assessment.small_assessment import LINUX
from tests.projects.known import NOW, SmallIndex, pure, requirements, resolve_targets, targets


def test_a_release_whose_needs_are_not_known_leaves_the_project_unknown_and_is_asked_for() -> None:
    on = targets(LINUX)
    index = SmallIndex({"plain": {"1.0": (pure("plain", "1.0"), None)}}, on)
    request = AssessmentRequest(requirements("plain==1.0"), on, BuildPolicy(), NOW)
    resolved = resolve_targets(request, index.snapshot)
    assert [(name, str(version)) for name, version in missing_in(resolved).releases] == [("plain", "1.0")]
    (answer,) = explain_targets(request, resolved, index.snapshot, WheelExplanations(index.files_of))
    assert answer.verdict is ProjectVerdict.UNKNOWN
