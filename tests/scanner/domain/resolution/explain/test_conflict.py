"""How contradictions are explained: few facts, each about the versions that matter."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from scanner.domain.resolution.explain.conflict import (
    ConflictExplanation,
    ConflictLine,
    LineKind,
    Relaxation,
    RequirementEdit,
)
from scanner.domain.resolution.explain.conflict_text import conflict_lines, line_text, relaxation_text
from scanner.domain.resolution.explain.obstacle_text import obstacle_text
from scanner.domain.resolution.explain.reasons import Obstacle
from scanner.domain.resolution.explain.theory import Theory
from scanner.domain.resolution.explain.weaken import weaker_specifiers
from tests.scanner.domain.resolution.resolving import Conflict, resolve
from tests.scanner.domain.resolution.sliding_chain import sliding_chain
from tests.scanner.domain.resolution.small_index import SmallIndex, provider, root_requirements


def explained(index: SmallIndex, *asked: str, constraints: tuple[str, ...] = ()) -> ConflictExplanation:
    outcome = resolve(provider(index, root_requirements(*asked, constraints=constraints)))
    assert isinstance(outcome, Conflict)
    return outcome.account.explanation


CLOUD: SmallIndex = {
    "boto3": {"1.34.0": {"needs": ["botocore>=1.34,<1.35"]}, "1.35": {}},
    "botocore": {
        **{f"1.33.{patch}": {"needs": ["urllib3>=1.25.4,<2.1"]} for patch in range(9)},
        **{f"1.34.{patch}": {"needs": ["urllib3>=1.25.4,<2.1"]} for patch in range(50)},
        **{f"1.34.{patch}": {"needs": ["urllib3>=1.25.4,!=2.2.0,<3"]} for patch in range(50, 99)},
        "1.35": {},
    },
    "urllib3": {version: {} for version in ("1.24", "1.25", "1.25.4", "1.26", "2.0", "2.2.0", "2.3")},
    "requests": {"2.31": {"needs": ["urllib3<3"]}},
}
MENU: SmallIndex = {
    "menu": {"1.0": {"needs": ["dish<2", "drink<2"]}, "2.0": {"needs": ["dish>=2", "drink>=2"]}},
    "dish": {"1.0": {"needs": ["spice<2"]}, "2.0": {"needs": ["spice<2"]}},
    "drink": {"1.0": {"needs": ["spice>=2"]}, "2.0": {"needs": ["spice>=2"]}},
    "spice": {"1.0": {}, "2.0": {}},
}


def test_releases_with_different_needs_are_one_line_where_what_they_share_explains_it() -> None:
    assert conflict_lines(explained(CLOUD, "requests==2.31", "urllib3<1.25", "boto3==1.34.0")) == [
        "You ask for urllib3<1.25 and boto3==1.34.0.",
        "boto3 1.34.0 needs botocore>=1.34,<1.35.",
        "All releases of botocore that are left (1.34.0 to 1.34.98) need urllib3>=1.25.4.",
        "So no version of urllib3 is left.",
    ]


def test_a_fork_is_explained_by_what_all_branches_need() -> None:
    assert conflict_lines(explained(MENU, "menu")) == [
        "You ask for menu.",
        "All releases of menu need drink and dish.",
        "All releases of dish need spice<2.",
        "All releases of drink need spice>=2.",
        "So no version of spice is left.",
    ]


def test_a_constraint_an_extra_and_a_bar_are_named_as_such() -> None:
    index: SmallIndex = {
        "app": {"1.0": {"needs": ["orm[fast]"]}},
        "orm": {"1.0": {"needs": ["x>=2; extra == 'fast'"]}, "2.0": {"needs": ["x>=3; extra == 'fast'"]}},
        "x": {"1.0": {}, "2.0": {}, "3.0": {}},
    }
    assert conflict_lines(explained(index, "app", constraints=("x<2",))) == [
        "You ask for app.",
        "A constraint of yours is x<2.",
        "app 1.0 needs orm[fast].",
        "All releases of orm[fast] need x>=2.",
        "So no version of x is left.",
    ]
    barred: SmallIndex = {**index, "x": {"1.0": {}, "2.0": {"on": ["win32"]}, "3.0": {"on": ["source: compiled"]}}}
    assert conflict_lines(explained(barred, "app"), lambda _: "Linux") == [
        "You ask for app.",
        "app 1.0 needs orm[fast].",
        "All releases of orm[fast] need x>=2.",
        "On Linux: x 3.0 has no wheel for it, only source to compile; x 2.0 has no file for it.",
        "So no version of x is left.",
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            ConflictLine(LineKind.UNAVAILABLE, "a", versions="1.1", obstacle=Obstacle.NO_FILE),
            "a 1.1 has no file for it",
        ),
        (
            ConflictLine(LineKind.UNAVAILABLE, "a", versions="1.1 to 1.6", obstacle=Obstacle.COMPILED_SOURCE),
            "a 1.1 to 1.6 have no wheel for it, only source to compile",
        ),
        (
            ConflictLine(LineKind.UNAVAILABLE, "a", versions="1.1 to 1.6", only=True, obstacle=Obstacle.TOO_YOUNG),
            "all releases of a are younger than the policy allows",
        ),
        (
            ConflictLine(LineKind.UNAVAILABLE, "a", versions="1.1, 1.2", every=True, obstacle=Obstacle.REQUIRES_PYTHON),
            "all releases of a that are left (1.1, 1.2) exclude that Python",
        ),
        (ConflictLine(LineKind.UNAVAILABLE, "a", versions="1.1 to 1.6"), "a 1.1 to 1.6 do not install"),
        (ConflictLine(LineKind.BREAKS, "a", "b>=2", "1.1"), "a 1.1 is known to break with b>=2"),
        (ConflictLine(LineKind.BREAKS, "a", "b>=2", "1.1 to 1.6"), "a 1.1 to 1.6 are known to break with b>=2"),
    ],
)
def test_the_verb_agrees_with_the_number_of_releases(line: ConflictLine, said: str) -> None:
    assert line_text(line) == said


@pytest.mark.parametrize("several", [True, False])
def test_every_obstacle_can_be_said_of_one_release_and_of_several(several: bool) -> None:
    assert all(obstacle_text(one, several=several) for one in Obstacle)


def test_of_a_long_chain_the_middle_is_left_out() -> None:
    told = explained(sliding_chain(30, 20, solvable=False), "p0")
    assert len(told.lines) == 8
    lines = conflict_lines(told)
    assert lines[:2] == ["You ask for p0.", "All releases of p0 need p1>=2."]
    assert lines[4] == f"({told.omitted} further facts left out.)"
    assert "release of p20 that is >=21" in lines[-1]


@pytest.mark.parametrize("index", [CLOUD, MENU])
def test_a_conflict_comes_back_from_json(index: SmallIndex) -> None:
    asked = ("menu",) if index is MENU else ("urllib3<1.25", "boto3==1.34.0")
    told = explained(index, *asked)
    assert ConflictExplanation.from_json(told.to_json()) == told


def test_a_way_out_is_told_with_the_version_that_it_gives() -> None:
    lift, drop = RequirementEdit("a", "a<2", "a<3", "2.4"), RequirementEdit("b", "b", "")
    assert relaxation_text(Relaxation((lift,), "major")) == "change a<2 to a<3 (then a 2.4)"
    assert relaxation_text(Relaxation((lift, drop), "major")) == "change a<2 to a<3 (then a 2.4) and leave out b"
    assert Relaxation.from_json(Relaxation((lift, drop), "major").to_json()) == Relaxation((lift, drop), "major")


VERSIONS = [f"{major}.{minor}" for major, minor in product(range(4), range(4))]
CLAUSES = st.builds("{}{}".format, st.sampled_from([">=", ">", "<", "<=", "==", "!=", "~="]), st.sampled_from(VERSIONS))
SPECIFIERS = st.lists(CLAUSES, max_size=3).map(",".join)


@given(st.lists(SPECIFIERS, min_size=1, max_size=4))
def test_a_weaker_specifier_admits_whatever_one_of_them_admits(specifiers: list[str]) -> None:
    for weaker in weaker_specifiers(specifiers):
        for version in VERSIONS:
            if any(SpecifierSet(one).contains(version) for one in specifiers):
                assert SpecifierSet(weaker).contains(version), weaker


def test_what_pins_of_local_versions_have_in_common_is_a_valid_specifier() -> None:
    weaker = [*weaker_specifiers(["==2.11.0+cu128", "==2.10.0+cpu"])]
    assert weaker == ["", ">=2.10.0", "<=2.11.0", ">=2.10.0,<=2.11.0"]
    assert all(SpecifierSet(one).contains("2.11.0+cu128") for one in weaker)


NODES, CANDIDATES = 3, 3
FACTS = st.lists(
    st.dictionaries(st.integers(0, NODES - 1), st.integers(1, 2 ** (CANDIDATES + 1) - 1), min_size=1, max_size=3).map(
        lambda terms: tuple(terms.items())
    ),
    min_size=1,
    max_size=8,
)


@given(FACTS)
def test_facts_are_refuted_exactly_when_no_choice_avoids_them(facts: list[tuple[tuple[int, int], ...]]) -> None:
    beyond = [((node, ~(2 ** (CANDIDATES + 1) - 1)),) for node in range(NODES)]
    theory = Theory([*([fact] for fact in facts), beyond])
    choices = product([1 << bit for bit in range(CANDIDATES + 1)], repeat=NODES)
    possible = any(not any(all(choice[n] & mask for n, mask in fact) for fact in facts) for choice in choices)
    assert theory.is_refuted() is not possible
    if not possible:
        kept = theory.smallest(range(len(facts)), [len(facts)])
        assert theory.is_refuted(kept)
        for number in kept[:-1]:
            assert not theory.is_refuted([other for other in kept if other != number])
