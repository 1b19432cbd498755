"""A project may demand that a release declares the target's Python, or that it ran there, before it is ready."""

from typing import Any

import pytest
from msgspec.structs import replace
from packaging.utils import NormalizedName

from projects.domain.assessment.explained_targets import explain_targets
from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.index_snapshot import PackageSnapshot
from projects.domain.assessment.reasons import ReasonKind
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.run_evidence import DemandedEvidence
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.domain.received_proof import FailedImport, ReceivedProof
from scanner.domain.resolution.model.candidate_list import CandidateList
from scanner.domain.resolution.model.policy import BuildPolicy
from tests.projects.known import NOW, SmallIndex, pure, requirements, resolve_targets, targets

ORM = NormalizedName("orm")
LINUX = "cp313-manylinux_2_28_x86_64"
PROOF = ReceivedProof(LINUX, True, "3.13.0", "linux x86_64", "", {ORM: "1.0"})


def ask(demanded: DemandedEvidence, declared: dict[str, str], **asked: Any) -> TargetResult:
    """Assess orm==1.0, whose releases declare what `declared` says."""
    on = targets(LINUX)
    request = AssessmentRequest(requirements("orm==1.0"), on, BuildPolicy(), NOW, demanded=demanded, **asked)
    index = SmallIndex({"orm": {version: (pure("orm", version), []) for version in declared}}, on)
    view = index.snapshot.packages["orm"]
    said = [one._replace(declared=declared[str(one.version)]) for one in view.candidates]
    index.snapshot.packages["orm"] = PackageSnapshot("orm", True, True, "", "active", NOW, CandidateList.of(said))
    resolved = resolve_targets(request, index.snapshot)
    (found,) = explain_targets(request, resolved, index.snapshot, WheelExplanations(index.files_of))
    return found


@pytest.mark.parametrize(
    ("declared", "verdict", "project", "reason"),
    [
        ({"1.0": "3.13"}, Verdict.READY, ProjectVerdict.GO, ReasonKind.FILES),
        ({"1.0": "3.12", "2.0": "3.13"}, Verdict.UPGRADE, ProjectVerdict.CONDITIONAL, ReasonKind.NOT_DECLARED),
        ({"1.0": "3.12", "2.0": "3.12"}, Verdict.BLOCKED, ProjectVerdict.NO_GO, ReasonKind.NOT_DECLARED),
        ({"1.0": "-"}, Verdict.BLOCKED, ProjectVerdict.NO_GO, ReasonKind.NOT_DECLARED),
        ({"1.0": ""}, Verdict.UNKNOWN, ProjectVerdict.UNKNOWN, ReasonKind.UNREAD_DECLARATION),
    ],
)
def test_a_release_that_does_not_declare_the_python_is_not_ready_where_that_is_demanded(
    declared: dict[str, str], verdict: Verdict, project: ProjectVerdict, reason: ReasonKind
) -> None:
    found = ask(DemandedEvidence.DECLARED, declared)
    (package,) = found.packages
    assert (package.verdict, found.verdict, package.reason.kind) == (verdict, project, reason)
    assert found.blockers == (("orm",) if reason is ReasonKind.NOT_DECLARED else ())
    assert ask(DemandedEvidence.INSTALLS, declared).verdict is ProjectVerdict.GO


@pytest.mark.parametrize(
    ("proof", "verdict", "project"),
    [
        (PROOF, Verdict.READY, ProjectVerdict.GO),
        (replace(PROOF, pins={ORM: "0.9"}), Verdict.NOT_JUDGED, ProjectVerdict.UNKNOWN),
        (replace(PROOF, target="cp312-win_amd64"), Verdict.NOT_JUDGED, ProjectVerdict.UNKNOWN),
        (replace(PROOF, failed=(FailedImport("orm", "orm", "x\nTypeError"),)), Verdict.BLOCKED, ProjectVerdict.NO_GO),
    ],
)
def test_a_release_that_no_proof_shows_to_run_is_not_ready_where_that_is_demanded(
    proof: ReceivedProof, verdict: Verdict, project: ProjectVerdict
) -> None:
    found = ask(DemandedEvidence.RAN, {"1.0": ""}, proofs={proof.target: proof})
    (package,) = found.packages
    assert (package.verdict, found.verdict) == (verdict, project)
