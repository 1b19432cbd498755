"""Breaks that a package in the set prevents, where another package brings that one or takes it away."""

import pytest
from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.evidence.known_breaks import KnownBreaks
from scanner.domain.evidence.known_breaks_file import parse_known_breaks
from scanner.domain.resolution import plan as planning
from scanner.domain.resolution.explain import account
from scanner.domain.resolution.explain.sentences import plan_reason_text
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.missing import Search
from scanner.domain.resolution.model.plans import Plan
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.domain.resolution.plan import plan
from scanner.domain.resolution.upgrade import Strategy, Upgrade
from scanner.domain.targets.target import Target
from tests.scanner.domain.resolution.small_index import (
    LINUX,
    OLD_LINUX,
    WINDOWS,
    SmallIndex,
    SmallSource,
    root_requirements,
    texts,
)


def fact(package: str, unless: str, versions: str = ">0") -> str:
    return f"""
[[break]]
package = "{package}"
versions = "{versions}"
pythons = ">=3.13"
action = "import {package}"
symptom = "ModuleNotFoundError: audioop"
unless = ["{unless}"]
source = "its tracker"
"""


SOUND = fact("sound", "backport<5")
INDEX: SmallIndex = {
    "sound": {"1.0": {}},
    "other-sound": {"1.0": {}},
    "bot": {"1.0": {}, "2.0": {"needs": ["backport<5"]}, "3.0": {"needs": ["backport<5"]}},
    "late-bot": {"1.0": {}, "2.0": {}, "3.0": {"needs": ["backport<5"]}},
    "wrong-bot": {"1.0": {}, "2.0": {"needs": ["backport>=5"]}},
    "leaving-bot": {"1.0": {"needs": ["backport<5"]}, "2.0": {}},
    "steady": {"1.0": {}, "2.0": {}},
    "hopeless": {"1.0": {"on": ["nothing"]}},
    "backport": {"4.0": {}, "5.0": {}},
}


def planned(
    *asked: str,
    on: tuple[Target, ...] = (LINUX,),
    known: str = SOUND,
    strategy: Strategy = Strategy.MINIMAL,
) -> Plan:
    current = {NormalizedName(name): Version(version) for name, _, version in (one.partition("==") for one in asked)}
    breaks = parse_known_breaks(known)
    cache = ResolutionCache(SmallSource(INDEX))
    asked_for = root_requirements(*asked)
    made = plan(Upgrade(cache, on, asked_for, BuildPolicy(), current, strategy, known_breaks=breaks))
    return _checked(made, breaks)


def _checked(made: Plan, known: KnownBreaks) -> Plan:
    if made.feasible:
        pairs = zip(made.targets, made.resolutions, strict=True)
        assert not any(known.in_set(target, resolution.pins) for target, resolution in pairs)
    return made


def pins(made: Plan) -> dict[str, str]:
    assert made.pins is not None
    return texts(made.pins)


@pytest.mark.parametrize("strategy", Strategy)
def test_a_package_that_moves_brings_what_prevents_a_break(strategy: Strategy) -> None:
    made = planned("sound==1.0", "bot==1.0", strategy=strategy)
    assert made.feasible
    assert pins(made)["backport"] == "4.0"
    assert pins(made)["bot"] == ("2.0" if strategy is Strategy.MINIMAL else "3.0")


def test_a_change_that_brings_it_is_not_taken_back_and_says_what_it_brings() -> None:
    made = planned("sound==1.0", "bot==1.0")
    (change,) = made.changes
    assert plan_reason_text(change.reason) == (
        "sound 1.0 is known to break without backport: ModuleNotFoundError: audioop"
    )


def test_it_is_found_where_only_a_later_release_brings_it_and_nothing_else_moves() -> None:
    made = planned("sound==1.0", "late-bot==1.0", "steady==1.0")
    assert pins(made) == {"sound": "1.0", "late-bot": "3.0", "steady": "1.0", "backport": "4.0"}


@pytest.mark.parametrize("strategy", Strategy)
def test_a_release_that_takes_it_away_is_not_chosen(strategy: Strategy) -> None:
    made = planned("sound==1.0", "leaving-bot==1.0", strategy=strategy)
    assert pins(made) == {"sound": "1.0", "leaving-bot": "1.0", "backport": "4.0"}


@pytest.mark.parametrize("beside", ["hopeless==1.0", "wrong-bot==1.0"])
def test_what_nothing_brings_or_what_comes_in_the_wrong_version_prevents_nothing(beside: str) -> None:
    made = planned("sound==1.0", beside)
    assert not made.feasible
    assert "sound" in {blocker.name for blocker in made.blockers}


def test_of_two_breaks_the_one_that_nothing_prevents_blocks() -> None:
    known = SOUND + fact("other-sound", "nothing-brings-it")
    made = planned("sound==1.0", "bot==1.0", "other-sound==1.0", known=known)
    assert not made.feasible
    assert [blocker.name for blocker in made.blockers] == ["other-sound"]
    assert pins(made) == {"sound": "1.0", "bot": "2.0", "backport": "4.0"}


def test_beside_what_blocks_a_break_that_is_prevented_does_not() -> None:
    made = planned("sound==1.0", "bot==1.0", "hopeless==1.0")
    assert [blocker.name for blocker in made.blockers] == ["hopeless"]


def test_one_set_for_several_targets_prevents_it_where_it_happens() -> None:
    made = planned("sound==1.0", "bot==1.0", on=(OLD_LINUX, LINUX, WINDOWS))
    assert made.feasible
    assert pins(made) == {"sound": "1.0", "bot": "2.0", "backport": "4.0"}
    assert planned("sound==1.0", "bot==1.0", on=(OLD_LINUX,)).changes == ()


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[Upgrade]:
    """The upgrades that were searched."""
    found: list[Upgrade] = []
    search = planning._search

    def counted(asked: Upgrade) -> Search[Plan]:
        found.append(asked)
        return search(asked)

    monkeypatch.setattr(planning, "_search", counted)
    return found


def test_without_such_a_break_nothing_is_searched_twice(searched: list[Upgrade]) -> None:
    assert not planned("bot==1.0", "hopeless==1.0").feasible
    assert len(searched) == 1


@pytest.mark.parametrize(("asked", "times"), [(["hopeless==1.0"], 1), (["hopeless==1.0", "sound==1.0"], 2)])
def test_a_long_account_is_searched_twice_only_where_the_search_came_to_such_a_break(
    searched: list[Upgrade], monkeypatch: pytest.MonkeyPatch, asked: list[str], times: int
) -> None:
    monkeypatch.setattr(account, "MOST_LINES", 0)
    assert not planned(*asked).feasible
    assert len(searched) == times
