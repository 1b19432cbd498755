"""Plans of a project that demands more than that a release installs: what they choose and what they pass over."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace
from packaging.utils import NormalizedName
from packaging.version import Version

from projects.domain.assessment.explained_targets import explain_targets
from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.resolved_target import ResolvedTarget
from projects.domain.assessment.run_evidence import DemandedEvidence
from projects.domain.assessment.searches import TargetSearches
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.domain.assessment.waivers import Waiver, WaiverKind
from projects.domain.received_proof import FailedImport, ReceivedProof
from scanner.domain.files.sdist_metadata import ReleaseMetadata
from scanner.domain.resolution.explain.reasons import Obstacle
from scanner.domain.resolution.explain.sentences import plan_reason_text
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.domain.resolution.upgrade import Strategy
from tests.projects.known import NOW, SmallIndex, pure, requirements, targets

LINUX, WINDOWS = "cp313-manylinux_2_28_x86_64", "cp314-win_amd64"
ORM = NormalizedName("orm")
# What each release declares, and what it requires.
Declared = Mapping[str, Mapping[str, str | tuple[str, str]]]
GROWN = {"1.0": "3.12", "1.1": "3.12", "1.2": "3.13", "1.3": "3.13"}


class Reader:
    """Assesses pins of packages whose releases declare what they are given, and notes whose metadata was read."""

    def __init__(self, declared: Declared, *, slugs: tuple[str, ...] = (LINUX,)) -> None:
        self.read: list[str] = []
        self.on = targets(*slugs)
        self._said = {name: {v: _pair(said) for v, said in releases.items()} for name, releases in declared.items()}
        packages = {name: {v: (pure(name, v), None) for v in releases} for name, releases in declared.items()}
        self.index = SmallIndex(packages, self.on)

    def assess(self, text: str, **asked: Any) -> tuple[list[TargetResult], TargetSearches]:
        asked.setdefault("demanded", DemandedEvidence.DECLARED)
        request = AssessmentRequest(requirements(text), self.on, BuildPolicy(), NOW, **asked)
        searches = TargetSearches(request, self.index.snapshot)
        while missing := searches.advance():
            for name, version in missing.releases:
                declared, needs = self._said[name][str(version)]
                self.read.append(f"{name} {version}")
                known = ReleaseMetadata((needs,) if needs else (), declared=declared)
                self.index.snapshot.learn_metadata(name, {version: known})
        resolved: tuple[ResolvedTarget, ...] = searches.finished
        return explain_targets(request, resolved, self.index.snapshot, WheelExplanations(self.index.files_of)), searches


def _pair(said: str | tuple[str, str]) -> tuple[str, str]:
    return (said, "") if isinstance(said, str) else said


def ask(declared: Declared, text: str = "orm==1.0", **asked: Any) -> TargetResult:
    (found,), _ = Reader(declared).assess(text, **asked)
    return found


def plan_of(found: TargetResult) -> UpgradePlan:
    assert found.plan is not None
    return found.plan


def moves(plan: UpgradePlan) -> Iterator[str]:
    return (f"{one.name} {one.before} {one.after}" for one in plan.changes)


def test_a_plan_moves_a_release_that_does_not_declare_the_python_to_the_first_that_does() -> None:
    found = ask({"orm": GROWN, "still": {"1.0": "3.13"}}, "orm==1.0\nstill==1.0")
    plan = plan_of(found)
    assert (found.verdict, plan.feasible, list(moves(plan))) == (ProjectVerdict.CONDITIONAL, True, ["orm 1.0 1.2"])
    assert plan_reason_text(plan.changes[0].reason) == (
        "orm 1.0 does not declare that Python, which the project demands"
    )
    assert found.packages[0].first_available is not None
    assert (found.packages[0].verdict, found.packages[0].first_available.version) == (Verdict.UPGRADE, "1.2")


def test_without_the_demand_nothing_moves_and_nothing_more_is_read() -> None:
    reader = Reader({"orm": GROWN})
    (found,), _ = reader.assess("orm==1.0", demanded=DemandedEvidence.INSTALLS)
    assert (found.verdict, found.plan, reader.read) == (ProjectVerdict.GO, None, ["orm 1.0"])


def test_the_newest_set_is_made_of_releases_that_declare_it_too() -> None:
    found = ask({"orm": {**GROWN, "2.0": ("3.12", "core<2")}, "core": {"1.0": "3.13"}}, strategy=Strategy.LATEST)
    plan = plan_of(found)
    # The newest release does not declare it, so that no other one is looked for.
    assert (plan.feasible, [one.name for one in plan.blockers]) == (False, ["orm"])
    assert list(moves(plan_of(ask({"orm": GROWN}, strategy=Strategy.LATEST)))) == ["orm 1.0 1.3"]


def test_what_a_plan_brings_must_declare_the_python_as_well() -> None:
    core = {"1.0": "3.12", "2.0": "3.12", "3.0": "3.13"}
    needing: dict[str, str | tuple[str, str]] = {"1.0": "3.12", "2.0": ("3.13", "core>=2")}
    plan = plan_of(ask({"orm": needing, "core": core}))
    assert dict(plan.pins) == {"orm": "2.0", "core": "3.0"}


def test_a_package_of_which_no_release_declares_the_python_is_named_and_the_rest_moves() -> None:
    reader = Reader({"orm": GROWN, "tools": {f"{number}.0": "-" for number in range(1, 60)}})
    (found,), _ = reader.assess("orm==1.0\ntools==1.0")
    plan = plan_of(found)
    assert (found.verdict, plan.feasible, list(moves(plan))) == (ProjectVerdict.NO_GO, False, ["orm 1.0 1.2"])
    assert plan_reason_text(plan.blockers[0].reason).startswith(
        "no release of tools is usable on cp313-manylinux_2_28_x86_64: 59.0 does not declare that Python"
    )
    assert found.blockers == ("orm", "tools")
    assert [one.verdict for one in found.packages] == [Verdict.UPGRADE, Verdict.BLOCKED]
    # Of a package whose newest release does not declare it only that one is read, and the one in use.
    assert sorted(one for one in reader.read if one.startswith("tools")) == ["tools 1.0", "tools 59.0"]


def test_a_package_that_the_team_ignores_may_lack_it() -> None:
    later = datetime(2027, 1, 1, tzinfo=UTC).date()
    waiver = Waiver(WaiverKind.IGNORE, NormalizedName("tools"), "", "no classifiers", "ada", later)
    found = ask({"orm": GROWN, "tools": {"1.0": "-"}}, "orm==1.0\ntools==1.0", waivers=(waiver,))
    assert (found.verdict, list(moves(plan_of(found)))) == (ProjectVerdict.CONDITIONAL, ["orm 1.0 1.2"])


def test_a_package_that_may_not_move_so_far_is_a_blocker_with_the_first_release_that_declares_it() -> None:
    found = ask({"orm": GROWN}, holds=frozenset({ORM}))
    assert (found.verdict, plan_of(found).feasible) == (ProjectVerdict.NO_GO, False)
    (package,) = found.packages
    assert package.first_available is not None
    assert package.first_available.version == "1.2"


def test_a_release_whose_metadata_says_nothing_of_it_is_not_moved() -> None:
    found = ask({"orm": GROWN, "old": {"1.0": "", "2.0": "3.13"}}, "orm==1.0\nold==1.0")
    assert plan_of(found).pins["old"] == "1.0"


def test_many_releases_on_the_way_are_read_in_blocks() -> None:
    reader = Reader({"orm": {f"1.{number}": "3.13" if number > 40 else "3.12" for number in range(70)}})
    (found,), _ = reader.assess("orm==1.0")
    assert list(moves(plan_of(found))) == ["orm 1.0 1.41"]
    # 1.69, then blocks of 4, 16 and the 48 that are left.
    assert len(reader.read) == len(set(reader.read)) == 70


def test_where_the_newest_does_not_fit_the_releases_below_are_read_in_blocks() -> None:
    declaring = {f"1.{number}": "3.12" for number in range(20)} | {"1.2": "3.13", "1.19": "3.13"}
    reader = Reader({"orm": declaring, "other": {"1.0": ("3.13", "orm<1.18")}})
    (found,), _ = reader.assess("orm==1.0\nother==1.0", strategy=Strategy.LATEST)
    assert list(moves(plan_of(found))) == ["orm 1.0 1.2"]


def test_one_set_for_several_pythons_declares_each() -> None:
    reader = Reader({"orm": {"1.0": "3.12", "1.1": "3.13", "1.2": "3.13 3.14"}}, slugs=(LINUX, WINDOWS))
    _, searches = reader.assess("orm==1.0", bridge=True)
    assert searches.bridge is not None
    assert searches.bridge.pins == {ORM: Version("1.2")}


@pytest.mark.parametrize(("failed", "moved"), [((FailedImport("orm", "orm", "x\nTypeError"),), True), ((), False)])
def test_a_plan_of_a_project_that_demands_proofs_moves_past_what_failed(
    failed: tuple[FailedImport, ...], moved: bool
) -> None:
    proof = ReceivedProof(LINUX, not failed, "3.13.0", "linux x86_64", "", {ORM: "1.0"})
    found = ask({"orm": GROWN}, demanded=DemandedEvidence.RAN, proofs={LINUX: replace(proof, failed=failed)})
    if not moved:
        assert (found.verdict, found.plan) == (ProjectVerdict.GO, None)
        return
    plan = plan_of(found)
    assert (found.verdict, list(moves(plan))) == (ProjectVerdict.CONDITIONAL, ["orm 1.0 1.1"])
    assert plan.changes[0].reason.obstacles == (Obstacle.FAILED_PROOF,)
