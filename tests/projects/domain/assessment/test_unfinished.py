"""What a page may say of a target while its search still waits for the index."""

from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.unfinished import Certainty, certainty_of, explain_unfinished, judge_unfinished
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from scanner.domain.resolution.model.policy import BuildPolicy
from tests.projects.known import NOW, Releases, SmallIndex, pure, requirements, targets, wheels

OLDER, NEWER = "cp312-win_amd64", "cp313-win_amd64"
PACKAGES: dict[str, Releases] = {
    "fast": {
        "1.0": (wheels("fast", "1.0", "cp312-cp312-win_amd64"), []),
        "2.0": (wheels("fast", "2.0", "cp313-cp313-win_amd64"), []),
    },
    "plain": {"1.0": (pure("plain", "1.0"), [])},
}


def waiting(text: str, *slugs: str) -> list[TargetResult]:
    on = targets(*slugs)
    request = AssessmentRequest(requirements(text), on, BuildPolicy(), NOW)
    index = SmallIndex(PACKAGES, on, request.foreign)
    judgements = judge_unfinished(request, index.snapshot, on)
    return explain_unfinished(request, judgements, index.snapshot, WheelExplanations(index.files_of))


def test_a_pin_is_judged_at_once_and_the_project_is_not() -> None:
    (result,) = waiting("fast==1.0\nplain==1.0\n", NEWER)
    assert result.verdict is ProjectVerdict.UNKNOWN
    assert {one.name: one.verdict for one in result.packages} == {"fast": Verdict.UPGRADE, "plain": Verdict.READY}


def test_what_is_not_pinned_is_not_known_yet() -> None:
    (result,) = waiting("plain>=1.0\n", NEWER)
    assert [(one.name, one.version, one.verdict) for one in result.packages] == [("plain", None, Verdict.UNKNOWN)]


def test_of_several_lines_for_a_package_the_one_that_applies_is_judged() -> None:
    text = 'fast==1.0 ; python_version < "3.13"\nfast==2.0 ; python_version >= "3.13"\n'
    older, newer = waiting(text, OLDER, NEWER)
    assert [(one.version, one.provenance.line, one.verdict) for one in older.packages] == [("1.0", 1, Verdict.READY)]
    assert [(one.version, one.provenance.line, one.verdict) for one in newer.packages] == [("2.0", 2, Verdict.READY)]


def certainty(text: str, packages: dict[str, Releases]) -> Certainty:
    on = targets(NEWER)
    request = AssessmentRequest(requirements(text), on, BuildPolicy(), NOW)
    return certainty_of(request, SmallIndex(packages, on, request.foreign).snapshot, ())


def test_a_pinned_version_is_certain_when_its_page_shows_that_it_does_not_install_or_its_metadata_is_read() -> None:
    unread: dict[str, Releases] = {"plain": {"1.0": (pure("plain", "1.0"), None)}}
    assert certainty("fast==1.0\nplain==1.0\n", unread) is Certainty.NOTHING
    assert certainty("fast==1.0\nplain==1.0\n", {"fast": PACKAGES["fast"]}) is Certainty.PIN
    assert certainty("plain==1.0\n", PACKAGES) is Certainty.PIN
    assert certainty("plain>=1.0\n", PACKAGES) is Certainty.NOTHING
