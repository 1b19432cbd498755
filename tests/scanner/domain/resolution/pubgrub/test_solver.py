"""The solver by itself: limits, assumptions, hard sets and how it tells what it found."""

from packaging.utils import canonicalize_name
from packaging.version import Version

from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.outcomes import LimitReached, Resolution, SearchLimits
from scanner.domain.resolution.pubgrub.solver import Solved, Solver, Unsolvable
from tests.scanner.domain.resolution.resolving import Conflict, Incomplete, resolve
from tests.scanner.domain.resolution.sliding_chain import sliding_chain
from tests.scanner.domain.resolution.small_index import (
    SmallIndex,
    SmallSource,
    ended,
    provider,
    root_requirements,
    texts,
)

FORK: SmallIndex = {
    "app": {"1.0": {"needs": ["lib<2"]}, "2.0": {"needs": ["lib>=2"]}},
    "lib": {"1.0": {}, "2.0": {}},
}


def test_a_long_sliding_chain_is_solved_without_deep_recursion_or_many_reads() -> None:
    source = SmallSource(sliding_chain())
    answers = provider({}, root_requirements("p0"))
    answers.cache = ResolutionCache(source)
    outcome = resolve(provider(sliding_chain(), root_requirements("p0")), SearchLimits(steps=400))
    assert isinstance(outcome, Resolution)
    assert len(outcome.pins) == 150


def test_a_long_chain_that_cannot_hold_is_proven_within_bounds() -> None:
    outcome = resolve(
        provider(sliding_chain(40, 30, solvable=False), root_requirements("p0")), SearchLimits(steps=5_000)
    )
    assert isinstance(outcome, Conflict)


def test_the_search_stops_at_its_step_limit() -> None:
    outcome = resolve(provider(sliding_chain(), root_requirements("p0")), SearchLimits(steps=10))
    assert outcome == LimitReached(10, "steps")


def test_the_search_stops_when_time_is_up() -> None:
    outcome = resolve(provider(sliding_chain(300, 5), root_requirements("p0")), SearchLimits(expired=lambda: True))
    assert outcome == LimitReached(64, "time")


def test_assumptions_hold_for_one_call_and_what_was_learned_stays() -> None:
    answers = provider(FORK, root_requirements("app", "lib"))
    solver = Solver(answers, answers.root_dependencies())
    lib = ResolutionCache(SmallSource(FORK)).package(canonicalize_name("lib"))
    assert lib is not None
    old = lib.choice(Version("1.0"))
    free = ended(solver.solve())
    assert isinstance(free, Solved)
    assert free.chosen["lib"] != old
    bound = ended(solver.solve([("lib", old)]))
    assert isinstance(bound, Solved)
    assert bound.chosen["lib"] == old
    assert ended(solver.solve([("lib", old), ("app", free.chosen["app"])])) == Unsolvable(None)
    assert ended(solver.solve()) == free


def test_a_choice_that_rules_out_all_new_releases_of_another_package_is_taken_back() -> None:
    index: SmallIndex = {
        "dates": {"2.9": {}, "4.0": {}},
        "cloud": {f"1.{minor}": {"needs": [f"core=={minor}.*"]} for minor in range(300)},
        "core": {f"{minor}.0": {"needs": ["dates<3" if minor > 9 else "dates"]} for minor in range(300)},
    }
    outcome = resolve(provider(index, root_requirements("dates", "cloud")), SearchLimits(steps=200))
    assert isinstance(outcome, Resolution)
    assert texts(outcome.pins) == {"dates": "2.9", "cloud": "1.299", "core": "299.0"}


def test_what_can_never_be_chosen_is_known_after_a_search() -> None:
    index: SmallIndex = {
        "app": {"1.0": {"needs": ["core==1.0"]}, "1.1": {}},
        "core": {"1.0": {"on": ["win32"]}, "2.0": {}},
    }
    answers = provider(index, root_requirements("app<=1.0", constraints=[]))
    solver = Solver(answers, answers.root_dependencies())
    assert isinstance(ended(solver.solve()), Unsolvable)
    answers = provider(index, root_requirements("app", "core"))
    solver = Solver(answers, answers.root_dependencies())
    ended(solver.solve())
    assert not solver.always("core") & 2
    assert solver.always("app") & 4


def test_missing_data_is_named_all_at_once_and_a_conflict_stays_a_conflict() -> None:
    index: SmallIndex = {
        "app": {"1.0": {"needs": ["ghost", "dim", "lib==9"]}, "0.9": {"needs": ["ghost", "dim"]}},
        "dim": {"1.0": {"unknown": True}},
        "lib": {"1.0": {}},
    }
    outcome = resolve(provider(index, root_requirements("app", "lib"), unpolled=["ghost"]))
    assert isinstance(outcome, Incomplete)
    assert outcome.missing.packages == ("ghost",)
    assert outcome.missing.releases == ((canonicalize_name("dim"), Version("1.0")),)
    assert isinstance(resolve(provider(index, root_requirements("app", "lib>3"), unpolled=["ghost"])), Conflict)


def test_one_clause_speaks_for_all_releases_that_are_known_to_ask_the_same() -> None:
    rows = {f"{number}.0": {"needs": ["core>=9"]} for number in range(1, 60)}
    index: SmallIndex = {"app": {"0.1": {}, **rows}, "core": {"1.0": {}}}  # type: ignore[dict-item]  # Rows are dicts
    outcome = resolve(provider(index, root_requirements("app")), SearchLimits(steps=12))
    assert isinstance(outcome, Resolution)
    assert texts(outcome.pins) == {"app": "0.1"}
