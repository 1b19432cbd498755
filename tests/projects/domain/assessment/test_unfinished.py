"""What a page may say of a target while its search still waits for the index."""

import random

from projects.domain.assessment.explained_wheels import WheelExplanations
from projects.domain.assessment.reasons import PackageReason, ReasonKind
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.unfinished import Certainty, CertaintyWatch, explain_unfinished, judge_unfinished
from projects.domain.assessment.verdicts import ProjectVerdict, Verdict
from projects.presentation.cell_summary import cell_text
from projects.presentation.reason_clauses import describe_text
from scanner.domain.resolution.model.policy import BuildPolicy
from tests.projects.known import NOW, Releases, SmallIndex, pure, requirements, resolve_targets, targets, wheels
from tests.projects.random_project import random_project

OLDER, NEWER = "cp312-win_amd64", "cp313-win_amd64"
PACKAGES: dict[str, Releases] = {
    "fast": {
        "1.0": (wheels("fast", "1.0", "cp312-cp312-win_amd64"), []),
        "2.0": (wheels("fast", "2.0", "cp313-cp313-win_amd64"), []),
    },
    "old": {"1.0": (wheels("old", "1.0", "cp312-cp312-win_amd64"), None)},
    "plain": {"1.0": (pure("plain", "1.0"), [])},
}


def waiting(text: str, *slugs: str) -> list[TargetResult]:
    on = targets(*slugs)
    request = AssessmentRequest(requirements(text), on, BuildPolicy(), NOW)
    index = SmallIndex(PACKAGES, on, request.foreign)
    judgements = judge_unfinished(request, index.snapshot, on)
    return explain_unfinished(request, judgements, index.snapshot, WheelExplanations(index.files_of))


def verdicts(text: str, *slugs: str) -> list[dict[str, Verdict]]:
    return [{one.name: one.verdict for one in result.packages} for result in waiting(text, *slugs)]


def test_what_does_not_install_is_certain_at_once_and_the_project_is_not() -> None:
    (result,) = waiting("fast==1.0\nold\nplain==1.0\n", NEWER)
    assert result.verdict is ProjectVerdict.UNKNOWN
    assert {one.name: one.verdict for one in result.packages} == {
        "fast": Verdict.UPGRADE,
        "old": Verdict.BLOCKED,
        "plain": Verdict.UNKNOWN,
    }


def test_of_several_lines_for_a_package_the_one_that_applies_is_judged() -> None:
    text = 'fast==1.0 ; python_version < "3.13"\nfast==2.0 ; python_version >= "3.13"\n'
    older, newer = waiting(text, OLDER, NEWER)
    assert [(one.version, one.provenance.line) for one in older.packages] == [("1.0", 1)]
    assert [(one.version, one.provenance.line) for one in newer.packages] == [("2.0", 2)]


def test_lines_that_disagree_decide_nothing() -> None:
    assert verdicts("fast==1.0\nfast==2.0\n", OLDER, NEWER) == [{"fast": Verdict.UNKNOWN}] * 2


def test_what_installs_is_not_known_yet_and_says_what_would_be_chosen_alone() -> None:
    (result,) = waiting("fast\nplain>=1.0\n", NEWER)
    fast, plain = result.packages
    assert [one.verdict for one in result.packages] == [Verdict.UNKNOWN, Verdict.UNKNOWN]
    assert [fast.version, plain.version] == [None, None]
    assert [fast.reason, plain.reason] == [
        PackageReason(ReasonKind.NOT_CERTAIN, "2.0"),
        PackageReason(ReasonKind.NOT_CERTAIN, "1.0"),
    ]
    assert cell_text(fast) == "2.0 so far"
    assert describe_text(fast.reason) == (
        "alone, 2.0 installs here; whether it fits the other packages is not known yet"
    )


def test_an_early_verdict_is_the_last_one_whatever_becomes_known_after_it() -> None:
    """Random projects over random indexes, of which some is known: the verdicts of then and of the end."""
    shown = 0
    for seed in range(100):
        rng = random.Random(seed)
        project = random_project(rng)
        request = project.request
        early = judge_unfinished(request, project.known_so_far(rng).snapshot, request.targets)
        for found in resolve_targets(request, project.index().snapshot):
            for name, judgement in early[found.target].items():
                if judgement.verdict is not Verdict.UNKNOWN:
                    assert found.judgements[name].verdict is judgement.verdict, (seed, found.target.slug, name)
                    shown += 1
    assert shown > 30


def test_a_package_is_certain_when_its_page_shows_that_it_does_not_install() -> None:
    on = targets(NEWER)
    request = AssessmentRequest(requirements("fast==1.0\nplain==1.0\nold\n"), on, BuildPolicy(), NOW)
    watch = CertaintyWatch(request)

    def certainty(*names: str) -> Certainty:
        return watch.look(SmallIndex({name: PACKAGES[name] for name in names}, on).snapshot, ())

    assert certainty() is Certainty.NOTHING
    assert certainty("plain") is Certainty.NOTHING
    assert certainty("plain", "old") is Certainty.PACKAGE
    assert certainty("plain") is Certainty.PACKAGE
    assert watch.look(SmallIndex({}, on).snapshot, (NEWER,)) is Certainty.TARGET
