"""Waivers: an accepted build counts as installable, an ignored package is named and never makes a target ready."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from projects.domain.assessment.explained_targets import explain_targets
from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.domain.assessment.waivers import Waiver, WaiverKind
from projects.presentation.formats.text import headline
from projects.presentation.sentences import describe_reason
from scanner.domain.evidence.known_breaks import KnownBreaks
from scanner.domain.evidence.known_breaks_file import parse_known_breaks
from scanner.domain.resolution.model.policy import BuildPolicy
from tests.projects.known import NOW, Releases, SmallIndex, pure, requirements, resolve_targets, targets, wheels

LINUX, WINDOWS = "cp313-manylinux_2_28_x86_64", "cp313-win_amd64"
OLD = "cp312-cp312-win_amd64"
PACKAGES: dict[str, Releases] = {
    "stuck": {"1.0": (wheels("stuck", "1.0", OLD), ["helper"]), "2.0": (wheels("stuck", "2.0", OLD), ["helper"])},
    "moving": {
        "1.0": (wheels("moving", "1.0", OLD), []),
        "2.0": (wheels("moving", "2.0", "cp313-cp313-win_amd64", "cp313-cp313-manylinux_2_28_x86_64"), []),
    },
    "built": {"1.0": ([*wheels("built", "1.0", OLD), "built-1.0.tar.gz"], [])},
    "helper": {"1.0": (pure("helper", "1.0"), [])},
}
BREAK = """
[[break]]
package = "helper"
versions = ">0"
pythons = ">=3.13"
action = "import helper"
symptom = "ModuleNotFoundError: imp"
source = "its tracker"
"""


def waiver(kind: WaiverKind, name: str, target: str = "") -> Waiver:
    return Waiver.from_json(
        {"kind": kind, "reason": "not run there", "owner": "alice", "until": "2027-01-31", "everywhere": not target},
        name,
        target,
    )


def ask(
    text: str, *waivers: Waiver, on: str = WINDOWS, known: KnownBreaks | None = None, **packages: Releases
) -> TargetResult:
    found = targets(on)
    request = AssessmentRequest(
        requirements(text), found, BuildPolicy(), NOW, waivers=waivers, known_breaks=known or KnownBreaks()
    )
    index = SmallIndex({**PACKAGES, **packages}, found, request.foreign, waivers=waivers)
    resolved = resolve_targets(request, index.snapshot)
    (answer,) = explain_targets(request, resolved, index.snapshot, WheelExplanations(index.files_of))
    return answer


def verdicts(result: TargetResult) -> Mapping[str, Verdict]:
    return {package.name: package.verdict for package in result.packages}


def test_a_blocker_that_is_ignored_is_named_and_the_target_is_not_ready() -> None:
    before = ask("stuck\nhelper==1.0\n")
    assert (before.verdict, before.blockers) == (ProjectVerdict.NO_GO, ("stuck",))
    after = ask("stuck\nhelper==1.0\n", waiver(WaiverKind.IGNORE, "stuck"))
    assert (after.verdict, after.blockers) == (ProjectVerdict.CONDITIONAL, ())
    assert verdicts(after) == {"stuck": Verdict.IGNORED, "helper": Verdict.READY}
    assert headline(after) == f"↑ {WINDOWS}: conditional. Ready except 1 ignored: stuck."


def test_the_reason_of_an_ignored_package_says_what_is_ignored_and_by_whom() -> None:
    (package,) = (one for one in ask("stuck\n", waiver(WaiverKind.IGNORE, "stuck")).packages if one.waiver)
    assert describe_reason(package) == "no wheel for cp313; has cp312; ignored until 2027-01-31 (alice): not run there"
    assert PackageResult.from_json(package.to_json()) == package


def test_what_is_not_ignored_is_still_planned() -> None:
    result = ask("stuck\nmoving==1.0\n", waiver(WaiverKind.IGNORE, "stuck"))
    assert result.verdict is ProjectVerdict.CONDITIONAL
    assert result.plan is not None
    assert [(str(change.name), str(change.after)) for change in result.plan.changes] == [("moving", "2.0")]
    assert headline(result).endswith("1 of 3 packages needs an upgrade; 1 ignored: stuck; an upgrade path exists.")


def test_another_blocker_blocks_as_before() -> None:
    result = ask("stuck\nbuilt==1.0\n", waiver(WaiverKind.IGNORE, "stuck"))
    assert (result.verdict, result.blockers) == (ProjectVerdict.NO_GO, ("built",))


def test_an_accepted_build_installs_with_limits() -> None:
    assert verdicts(ask("built==1.0\n"))["built"] is Verdict.BLOCKED
    result = ask("built==1.0\n", waiver(WaiverKind.ACCEPT_BUILD, "built"))
    assert (result.verdict, verdicts(result)) == (ProjectVerdict.GO, {"built": Verdict.DEGRADED})
    assert "its build is accepted until 2027-01-31 (alice): not run there" in describe_reason(result.packages[0])


@pytest.mark.parametrize("kind", WaiverKind)
def test_a_waiver_of_one_target_says_nothing_about_another(kind: WaiverKind) -> None:
    only_linux = waiver(kind, "built", LINUX)
    assert ask("built==1.0\n", only_linux).verdict is ProjectVerdict.NO_GO
    assert ask("built==1.0\n", only_linux, on=LINUX).verdict is not ProjectVerdict.NO_GO


@pytest.mark.parametrize("kind", WaiverKind)
def test_a_package_that_installs_needs_no_waiver(kind: WaiverKind) -> None:
    result = ask("helper==1.0\n", waiver(kind, "helper"))
    assert (result.verdict, verdicts(result)) == (ProjectVerdict.GO, {"helper": Verdict.READY})
    assert result.packages[0].waiver is None


def test_a_build_cannot_be_accepted_where_there_is_none() -> None:
    assert ask("stuck\n", waiver(WaiverKind.ACCEPT_BUILD, "stuck")).verdict is ProjectVerdict.NO_GO


@pytest.mark.parametrize("text", ["gone==1.0\nhelper==1.0\n", "helper==9.0\n"])
def test_a_package_or_version_that_the_index_lacks_can_be_ignored(text: str) -> None:
    name = text.partition("==")[0]
    result = ask(text, waiver(WaiverKind.IGNORE, name), gone={})
    assert (result.verdict, verdicts(result)[name]) == (ProjectVerdict.CONDITIONAL, Verdict.IGNORED)


def test_a_known_break_can_be_ignored() -> None:
    known = parse_known_breaks(BREAK)
    assert ask("helper==1.0\n", known=known).verdict is ProjectVerdict.NO_GO
    result = ask("helper==1.0\n", waiver(WaiverKind.IGNORE, "helper"), known=known)
    assert (result.verdict, result.blockers) == (ProjectVerdict.CONDITIONAL, ())
    assert verdicts(result) == {"helper": Verdict.IGNORED}


def test_the_day_survives_storing() -> None:
    made = waiver(WaiverKind.IGNORE, "stuck", LINUX)
    assert made.until == date(2027, 1, 31)
    assert Waiver.from_json(made.to_json(), "stuck", LINUX) == made
