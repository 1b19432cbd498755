"""The resolver on random small questions, held against trying everything and against resolvelib."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import resolvelib
from hypothesis import event, given, reject
from msgspec import Struct
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from scanner.domain.resolution.closure import closure
from scanner.domain.resolution.explain.conflict import LineKind
from scanner.domain.resolution.explain.sentences import plan_reason_text
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.outcomes import Resolution
from scanner.domain.resolution.model.policy import BuildPolicy, Order, Preference
from scanner.domain.resolution.plan import plan
from scanner.domain.resolution.upgrade import Strategy, Upgrade
from tests.scanner.domain.resolution.brute_force import every_set, holds, usable
from tests.scanner.domain.resolution.resolving import Conflict, resolve
from tests.scanner.domain.resolution.small_index import (
    LINUX,
    WINDOWS,
    SmallIndex,
    SmallSource,
    provider,
    root_requirements,
    texts,
)
from tests.scanner.domain.resolution.strategies import indexes, roots


@given(indexes, roots)
def test_a_set_is_found_exactly_when_one_exists(index: SmallIndex, asked: list[str]) -> None:
    outcome = resolve(provider(index, root_requirements(*asked)))
    exists = any(every_set(index, asked))
    event(f"exists: {exists}")
    assert isinstance(outcome, Resolution if exists else Conflict)
    if isinstance(outcome, Resolution):
        assert holds(index, asked, texts(outcome.pins))


@given(indexes, roots)
def test_every_order_of_preference_agrees_on_whether_a_set_exists(index: SmallIndex, asked: list[str]) -> None:
    found = set()
    for order in Order:
        preference = Preference(order, {}, root_requirements(*asked).direct)
        outcome = resolve(provider(index, root_requirements(*asked), preference=preference))
        found.add(type(outcome))
        if isinstance(outcome, Resolution):
            assert holds(index, asked, texts(outcome.pins))
    assert len(found) == 1


@given(indexes, roots)
def test_what_a_conflict_blames_contradicts_itself_and_each_part_of_it_is_needed(
    index: SmallIndex, asked: list[str]
) -> None:
    outcome = resolve(provider(index, root_requirements(*asked)))
    if isinstance(outcome, Conflict):
        own = [str(requirement) for requirement in outcome.account.own]
        assert set(own) <= set(asked)
        assert isinstance(resolve(provider(index, root_requirements(*own))), Conflict)
        for line in outcome.account.explanation.lines:
            if line.kind is LineKind.NEEDS:
                assert all(
                    line.required in {canonicalize_name(Requirement(need).name) for need in row.get("needs", ())}
                    for version, row in index[line.name].items()
                    if line.only
                )


@given(indexes, roots)
def test_a_closure_names_a_blocker_or_a_conflict_exactly_when_nothing_holds(
    index: SmallIndex, asked: list[str]
) -> None:
    result = closure(ResolutionCache(SmallSource(index)), LINUX, root_requirements(*asked), BuildPolicy())
    assert result.holds is any(every_set(index, asked))
    for name in result.blockers:
        version = result.pins.get(name)
        assert version is None or not usable(index[name][str(version)])
        assert result.conflict is not None or result.paths(name)
    if result.conflict is None and not result.holds:
        everywhere: SmallIndex = {
            name: {v: {"needs": row.get("needs", [])} if name in result.blockers else row for v, row in rows.items()}
            for name, rows in index.items()
        }
        if set(result.blockers) <= set(result.pins):
            assert holds(everywhere, asked, texts(result.pins))


@given(indexes, roots, roots)
def test_a_minimal_plan_holds_and_taking_back_any_single_change_breaks_it(
    index: SmallIndex, asked: list[str], today: list[str]
) -> None:
    named = {canonicalize_name(Requirement(text).name) for text in (*asked, *today)}
    current = {name: Version(next(iter(index[name]))) for name in sorted(named)}
    cache = ResolutionCache(SmallSource(index))
    upgrade = Upgrade(cache, [LINUX], root_requirements(*asked), BuildPolicy(), current, Strategy.MINIMAL)
    made = plan(upgrade)
    assert made.feasible is any(
        every_set(index, [str(requirement) for requirement in upgrade.forms()[-1].requirements])
    )
    event(f"changes: {len(made.changes)}")
    if made.feasible:
        assert made.roots is not None
        form = [str(requirement) for requirement in made.roots.requirements]
        pins = texts(made.pins or {})
        assert holds(index, form, pins)
        for change in made.changes:
            assert plan_reason_text(change.reason)
            assert not holds(index, form, {**pins, change.name: str(change.before)})
        moved = {change.name for change in made.changes}
        assert moved == {name for name in current if str(name) in pins and str(current[name]) != pins[name]}


@given(indexes, roots)
def test_a_bridge_is_found_exactly_when_one_set_holds_on_both_targets(index: SmallIndex, asked: list[str]) -> None:
    upgrade = Upgrade(
        ResolutionCache(SmallSource(index)),
        [LINUX, WINDOWS],
        root_requirements(*asked),
        BuildPolicy(),
        {},
        Strategy.MINIMAL,
    )
    made = plan(upgrade)
    relaxed = [str(requirement) for requirement in upgrade.forms()[-1].requirements]
    assert made.feasible is any(every_set(index, relaxed, ("linux", "win32")))
    if made.feasible:
        pins = texts(made.pins or {})
        assert holds(index, relaxed, pins)
        assert holds(index, relaxed, pins, "win32")


class Pick(Struct, frozen=True):
    """resolvelib's candidate: a release, or an extra of it."""

    name: str
    version: str
    extra: str = ""


class SecondOpinion(resolvelib.AbstractProvider[Requirement, Pick, tuple[str, str]]):
    """A provider for resolvelib, pip's resolver."""

    def __init__(self, index: SmallIndex) -> None:
        self.index = index

    def identify(self, requirement_or_candidate: Requirement | Pick) -> tuple[str, str]:
        if isinstance(requirement_or_candidate, Pick):
            return requirement_or_candidate.name, requirement_or_candidate.extra
        return requirement_or_candidate.name, next(iter(requirement_or_candidate.extras), "")

    def get_preference(self, identifier: tuple[str, str], *args: object, **kwargs: object) -> str:
        return "".join(identifier)

    def find_matches(
        self,
        identifier: tuple[str, str],
        requirements: Mapping[tuple[str, str], Iterator[Requirement]],
        incompatibilities: Mapping[tuple[str, str], Iterator[Pick]],
    ) -> Iterable[Pick]:
        name, extra = identifier
        bad = set(incompatibilities[identifier])
        wanted = list(requirements[identifier])
        picks = [Pick(name, v, extra) for v, row in self.index[name].items() if usable(row)]
        ordered = sorted(picks, key=lambda pick: Version(pick.version), reverse=True)
        return [p for p in ordered if p not in bad and all(self.is_satisfied_by(r, p) for r in wanted)]

    def is_satisfied_by(self, requirement: Requirement, candidate: Pick) -> bool:
        return requirement.specifier.contains(candidate.version)

    def get_dependencies(self, candidate: Pick) -> Iterable[Requirement]:
        found = [] if not candidate.extra else [Requirement(f"{candidate.name}=={candidate.version}")]
        for text in self.index[candidate.name][candidate.version].get("needs", []):
            requirement = Requirement(text)
            marker = requirement.marker
            if marker is None or marker.evaluate({"extra": candidate.extra, "sys_platform": "linux"}):
                found.append(Requirement(text.partition(";")[0]))
        return found


def second_opinion(index: SmallIndex, asked: Sequence[str]) -> dict[str, str] | None:
    """Return what resolvelib finds; None if it says that there is nothing. Some cycles make it recurse without end."""
    resolver = resolvelib.Resolver(SecondOpinion(index), resolvelib.BaseReporter())
    try:
        result = resolver.resolve([Requirement(text) for text in asked], max_rounds=2_000)
    except resolvelib.ResolutionImpossible:
        return None
    return {name: pick.version for (name, _), pick in result.mapping.items()}


@given(indexes, roots)
def test_resolvelib_comes_to_the_same_verdict(index: SmallIndex, asked: list[str]) -> None:
    try:
        theirs = second_opinion(index, asked)
    except RecursionError:
        reject()
    ours = resolve(provider(index, root_requirements(*asked)))
    assert isinstance(ours, Resolution) is (theirs is not None)
