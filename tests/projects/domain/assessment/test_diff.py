"""What got better, worse, new or is gone between two assessments."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from projects.domain.assessment.diff import ChangeKind, PackageChange, compare, net_changes
from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.verdicts import Verdict
from tests.cast import make_package

TARGET = "cp313-win_amd64"


def row(name: str, verdict: Verdict, version: str = "1.0") -> PackageResult:
    return make_package(name, verdict, version=version)


def kinds(before: list[PackageResult], after: list[PackageResult]) -> list[tuple[ChangeKind, str]]:
    return [(change.kind, change.name) for change in compare({TARGET: before}, {TARGET: after})]


def test_a_wheel_that_came_makes_a_package_better() -> None:
    assert kinds([row("a", Verdict.BLOCKED)], [row("a", Verdict.UPGRADE)]) == [(ChangeKind.BETTER, "a")]


def test_worse_comes_first_then_new_better_gone_and_moved() -> None:
    before = [
        row("better", Verdict.UPGRADE),
        row("gone", Verdict.READY),
        row("moved", Verdict.READY),
        row("worse", Verdict.READY),
    ]
    after = [
        row("better", Verdict.READY),
        row("moved", Verdict.READY, "2.0"),
        row("new", Verdict.READY),
        row("worse", Verdict.BLOCKED),
    ]
    assert [name for _, name in kinds(before, after)] == ["worse", "new", "better", "gone", "moved"]


def test_a_target_that_only_one_side_has_changes_no_package() -> None:
    assert compare({}, {TARGET: [row("a", Verdict.BLOCKED)]}) == []
    assert compare({TARGET: [row("a", Verdict.BLOCKED)]}, {}) == []


rows = st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.sampled_from(Verdict), st.sampled_from(["1", "2"]))).map(
    lambda packages: [row(name, verdict, version) for name, (verdict, version) in packages.items()]
)


@given(rows)
def test_an_assessment_does_not_differ_from_itself(side: list[PackageResult]) -> None:
    assert kinds(side, side) == []


@given(rows, rows)
def test_going_back_turns_better_into_worse_and_new_into_gone(
    before: list[PackageResult], after: list[PackageResult]
) -> None:
    turned = {
        ChangeKind.BETTER: ChangeKind.WORSE,
        ChangeKind.WORSE: ChangeKind.BETTER,
        ChangeKind.NEW: ChangeKind.GONE,
        ChangeKind.GONE: ChangeKind.NEW,
        ChangeKind.MOVED: ChangeKind.MOVED,
    }
    assert {(turned[kind], name) for kind, name in kinds(before, after)} == set(kinds(after, before))


def steps(*verdicts: Verdict | None) -> list[PackageChange]:
    """The changes of one package that had these verdicts one after the other; None: it was not in the set."""
    rows = [[row("a", verdict)] if verdict else [] for verdict in verdicts]
    return [change for before, after in pairwise(rows) for change in compare({TARGET: before}, {TARGET: after})]


def test_successive_changes_amount_to_the_way_from_the_first_to_the_last() -> None:
    (net,) = net_changes(steps(Verdict.BLOCKED, Verdict.UPGRADE, Verdict.READY))
    assert (net.kind, net.before_verdict, net.after_verdict) == (ChangeKind.BETTER, Verdict.BLOCKED, Verdict.READY)


def test_what_was_undone_is_no_net_change() -> None:
    assert net_changes(steps(Verdict.READY, Verdict.BLOCKED, Verdict.READY)) == []
    assert net_changes(steps(None, Verdict.READY, None)) == []


@given(st.lists(st.sampled_from([None, *Verdict]), min_size=1, max_size=6))
def test_net_changes_are_what_a_comparison_of_the_ends_gives(verdicts: list[Verdict | None]) -> None:
    ends = steps(verdicts[0], verdicts[-1])
    assert [(one.kind, one.name) for one in net_changes(steps(*verdicts))] == [(one.kind, one.name) for one in ends]
