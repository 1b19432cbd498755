"""A search asks for what it needs and goes on; what was known before and the order of facts change nothing."""

import random
from collections.abc import Hashable, Iterable
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, field
from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.matching.availability import Offer
from scanner.domain.resolution.closure import Closure, closure, closure_search
from scanner.domain.resolution.explain.conflict_text import conflict_text
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.missing import Missing, Search
from scanner.domain.resolution.model.plans import Plan
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.domain.resolution.model.versions import Candidate, PackageVersions
from scanner.domain.resolution.plan import plan, plan_search
from scanner.domain.resolution.upgrade import Strategy, Upgrade
from scanner.domain.targets.target import Target
from tests.scanner.domain.resolution.small_index import (
    LINUX,
    WINDOWS,
    SmallIndex,
    SmallSource,
    ended,
    root_requirements,
    texts,
)
from tests.scanner.domain.resolution.strategies import indexes, roots

T = TypeVar("T")


class LearningSource(Struct):
    """A source that knows only what it has learned, and counts what it was asked to learn."""

    index: SmallIndex
    packages: set[NormalizedName] = field(default_factory=set)
    releases: set[tuple[NormalizedName, Version]] = field(default_factory=set)
    asked: list[object] = field(default_factory=list)

    def package(self, name: NormalizedName) -> PackageVersions | None:
        """Return the versions of a package, once it is learned."""
        return SmallSource(self.index).package(name) if name in self.packages else None

    def offer(self, candidate: Candidate, target: Target) -> tuple[Offer, str]:
        """Return what a row offers."""
        return SmallSource(self.index).offer(candidate, target)

    def target_group(self, name: NormalizedName, target: Target) -> Hashable:
        """Return the target: no two targets are taken to be equal."""
        return target

    def requires_dist(self, name: NormalizedName, version: Version) -> Iterable[str] | None:
        """Return what a release requires, once it is learned."""
        return SmallSource(self.index).requires_dist(name, version) if (name, version) in self.releases else None

    def was_refused(self, name: NormalizedName, version: Version) -> bool:
        """Return whether a row hides its metadata, once that is known."""
        return (name, version) in self.releases and SmallSource(self.index).requires_dist(name, version) is None

    def learn(self, missing: Missing, chance: random.Random) -> None:
        """Learn what a search needs, and some of what it will probably need."""
        assert missing, "a search stopped and asks for nothing"
        assert not {*missing.packages} & self.packages
        assert not {*missing.releases} & self.releases
        self.asked += [*missing.packages, *missing.releases]
        self.packages |= {*missing.packages, *(name for name in missing.likely_packages if chance.random() < 0.5)}
        self.releases |= {*missing.releases, *(one for one in missing.likely if chance.random() < 0.5)}


def driven(search: Search[T], source: LearningSource, chance: random.Random) -> T:
    while True:
        try:
            missing = next(search)
        except StopIteration as end:
            result: T = end.value
            return result
        source.learn(missing, chance)


def facts(found: Closure) -> object:
    conflict = None if found.conflict is None else conflict_text(found.conflict.explanation)
    return (found.members, found.blockers, conflict, found.missing, found.graph.edges)


def words(made: Plan) -> object:
    return (made.feasible, made.changes, texts(made.pins or {}), made.reason, made.blockers, made.missing)


@given(indexes, roots, st.randoms(use_true_random=False))
def test_a_search_answers_the_same_whatever_was_known_before(
    index: SmallIndex, asked: list[str], chance: random.Random
) -> None:
    everything = ResolutionCache(SmallSource(index))
    known = closure(everything, LINUX, root_requirements(*asked), BuildPolicy())
    source = LearningSource(index)
    for name, rows in index.items():
        if chance.random() < 0.4:
            source.packages.add(NormalizedName(name))
            source.releases |= {(NormalizedName(name), Version(one)) for one in rows if chance.random() < 0.5}
    cache = ResolutionCache(source)
    found = driven(closure_search(cache, LINUX, root_requirements(*asked), BuildPolicy()), source, chance)
    assert facts(found) == facts(known)
    upgrade = Upgrade(cache, [LINUX], root_requirements(*asked), BuildPolicy(), found.pins, Strategy.MINIMAL)
    planned = plan(Upgrade(everything, [LINUX], root_requirements(*asked), BuildPolicy(), known.pins, Strategy.MINIMAL))
    assert words(driven(plan_search(upgrade), source, chance)) == words(planned)


@given(indexes, roots, st.randoms(use_true_random=False))
def test_searches_for_two_targets_do_not_change_each_other(
    index: SmallIndex, asked: list[str], chance: random.Random
) -> None:
    source = LearningSource(index)
    cache = ResolutionCache(source)
    searches = {
        target: closure_search(cache, target, root_requirements(*asked), BuildPolicy()) for target in (LINUX, WINDOWS)
    }
    found = {}
    while searches:
        target = chance.choice(sorted(searches, key=lambda one: one.slug))
        try:
            missing = next(searches[target])
        except StopIteration as end:
            found[target] = end.value
            del searches[target]
        else:
            packages = tuple(name for name in missing.packages if name not in source.packages)
            releases = tuple(one for one in missing.releases if one not in source.releases)
            source.learn(Missing(packages, releases, missing.likely, missing.likely_packages), chance)
    for target, one in found.items():
        alone = closure(ResolutionCache(SmallSource(index)), target, root_requirements(*asked), BuildPolicy())
        assert facts(one) == facts(alone)


def test_a_search_asks_for_nothing_twice_and_for_the_open_packages_together() -> None:
    index: SmallIndex = {
        "app": {"1.0": {"needs": ["left", "right"]}},
        "left": {"1.0": {"needs": ["deep"]}},
        "right": {"1.0": {}},
        "deep": {"1.0": {}},
    }
    source = LearningSource(index)
    search = closure_search(ResolutionCache(source), LINUX, root_requirements("app", "right"), BuildPolicy())
    rounds = []
    for missing in search:
        rounds.append((set(missing.packages), {name for name, _ in missing.releases + missing.likely}))
        source.packages |= {*missing.packages, *missing.likely_packages}
        source.releases |= {*missing.releases, *missing.likely}
    assert rounds == [
        ({"app", "right"}, set()),
        (set(), {"app", "right"}),
        ({"left"}, set()),
        (set(), {"left"}),
        ({"deep"}, set()),
        (set(), {"deep"}),
    ]


def test_few_fetches_lead_past_many_releases_that_need_something_unusable() -> None:
    index: SmallIndex = {
        "app": {f"{major}.0": {"needs": [f"core=={major}.0"] if major else []} for major in range(300)},
        "core": {f"{major}.0": {"on": ["win32"]} for major in range(300)},
    }
    source = LearningSource(index)
    search = closure_search(ResolutionCache(source), LINUX, root_requirements("app"), BuildPolicy())
    rounds = []
    for missing in search:
        rounds.append(missing)
        source.learn(missing, random.Random(0))
    assert len(rounds) < 20
    assert max(len(one.likely) for one in rounds) == 32, "most of what is fetched in advance is of no use at the end"


def test_a_neighbour_whose_metadata_the_index_refuses_decides_nothing() -> None:
    index: SmallIndex = {
        "app": {f"{major}.0": {"needs": [f"core=={major}.0"] if major else []} for major in range(30)},
        "core": {f"{major}.0": {"on": ["win32"]} for major in range(30)},
    }
    index["app"]["20.0"]["unknown"] = True
    source = LearningSource(index)
    cache = ResolutionCache(source)
    search = closure_search(cache, LINUX, root_requirements("app"), BuildPolicy())
    refused = Missing(releases=((NormalizedName("app"), Version("20.0")),))
    rounds = []
    for missing in search:
        rounds.append(missing)
        if missing.releases == refused.releases:
            break
        source.learn(missing, random.Random(0))
    assert rounds[-1].releases == refused.releases, "it is asked for by itself only when it is the best choice left"


def test_what_cannot_be_had_is_given_up_and_named() -> None:
    index: SmallIndex = {"app": {"1.0": {"needs": ["lost"]}}}
    source = LearningSource(index, {NormalizedName("app")}, {(NormalizedName("app"), Version("1.0"))})
    cache = ResolutionCache(source)
    search = closure_search(cache, LINUX, root_requirements("app"), BuildPolicy())
    missing = next(search)
    assert missing.packages == ("lost",)
    cache.give_up(missing)
    found = ended(search)
    assert found.missing == Missing((NormalizedName("lost"),))
    assert not found.holds


def test_a_newest_library_gives_way_before_many_releases_of_what_it_excludes_are_read() -> None:
    numbers = [str(number) for number in range(1, 501)]
    index: SmallIndex = {
        "dates": {"2": {}, "3": {}},
        "cloud": {number: {"needs": [f"core=={number}"]} for number in numbers},
        "core": {number: {"needs": ["dates<3"]} for number in numbers},
    }
    source = LearningSource(index)
    search = closure_search(ResolutionCache(source), LINUX, root_requirements("dates", "cloud"), BuildPolicy())
    found = driven(search, source, random.Random(0))
    assert texts(found.pins) == {"dates": "2", "cloud": "500", "core": "500"}
    assert len(source.asked) < 30
