"""Search the smallest ways out of a conflict: one bound of one of the project's own lines gives way, else of two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.evidence.known_breaks import NO_KNOWN_BREAKS, KnownBreaks
from scanner.domain.resolution.blockers import explain_in
from scanner.domain.resolution.explain.conflict import Relaxation, RequirementEdit
from scanner.domain.resolution.loosen import Step, step_between
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.candidates import RootRequirements
from scanner.domain.resolution.model.missing import Search
from scanner.domain.resolution.model.outcomes import SearchLimits
from scanner.domain.resolution.model.policy import BuildPolicy, Order, Preference
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.problem import Choices, ResolutionProblem
from scanner.domain.resolution.pubgrub.incompatibility import highest, lowest
from scanner.domain.resolution.pubgrub.solver import Exhausted, Solved, Unsolvable
from scanner.domain.resolution.relaxed_requirements import RelaxedRequirement, relaxed_forms
from scanner.domain.targets.target import Target

__all__ = ["relax_search"]

# Decisions and conflicts of one try. A way out that takes longer to find is not offered.
_STEPS = 2_000
_MOST_LINES = 6
_MOST_WAYS = 4
_NEARER_TRIES = 24
_STEP_SIZES = {Step.PATCH: 0, Step.MINOR: 1, Step.MAJOR: 2}


@dataclass(frozen=True, slots=True)
class _Edit:
    """A requirement that gives way: its new form (None: left out), the size of the step, and whether it goes back."""

    before: Requirement
    after: Requirement | None
    size: Step
    back: bool = False


@dataclass(frozen=True, slots=True)
class _Way:
    """Edits after which a set holds, with the versions that it gives."""

    edits: tuple[_Edit, ...]
    versions: tuple[str, ...]

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """What makes a way out small: few lines, none left out, small steps, none of them back."""
        return (
            len(self.edits),
            sum(edit.after is None for edit in self.edits),
            max(_STEP_SIZES[edit.size] for edit in self.edits),
            sum(edit.back for edit in self.edits),
        )

    def to_relaxation(self) -> Relaxation:
        """Return the way out as data."""
        edits = tuple(
            RequirementEdit(edit.before.name, str(edit.before), "" if edit.after is None else str(edit.after), version)
            for edit, version in zip(self.edits, self.versions, strict=True)
        )
        return Relaxation(edits, max((edit.size for edit in self.edits), key=_STEP_SIZES.__getitem__).value)


def relax_search(
    cache: ResolutionCache,
    target: Target,
    roots: RootRequirements,
    policy: BuildPolicy,
    own: Sequence[Requirement],
    limits: SearchLimits,
    known_breaks: KnownBreaks = NO_KNOWN_BREAKS,
) -> Search[tuple[Relaxation, ...]]:
    """Search ways out of a conflict in which these requirements and constraints of the project take part."""
    search = _RelaxationSearch(cache, target, policy, limits, known_breaks)
    ways = yield from search.single(roots, own)
    if not ways:
        ways = yield from search.pairs(roots, own)
    ways = sorted(dict.fromkeys(ways), key=lambda way: way.rank)
    return tuple(way.to_relaxation() for way in ways[:_MOST_WAYS])


class _RelaxationSearch:
    """What all tries of one search share."""

    def __init__(
        self,
        cache: ResolutionCache,
        target: Target,
        policy: BuildPolicy,
        limits: SearchLimits,
        known_breaks: KnownBreaks,
    ) -> None:
        self._cache, self._target, self._policy, self._limits = cache, target, policy, limits
        self._known_breaks = known_breaks

    def single(self, roots: RootRequirements, own: Sequence[Requirement]) -> Search[list[_Way]]:
        """Search ways in which one line changes."""
        ways: list[_Way] = []
        for edit in (yield from self._edits(roots, own)):
            way = yield from self._way(roots, (edit,))
            if isinstance(way, _Way):
                ways.append(way)
        return ways

    def pairs(self, roots: RootRequirements, own: Sequence[Requirement]) -> Search[list[_Way]]:
        """Search ways in which two lines change: one of this conflict, and one of the conflict that is left then."""
        ways: list[_Way] = []
        for first in (yield from self._edits(roots, own)):
            left = yield from self._way(roots, (first,))
            if isinstance(left, _Way):
                continue
            after = first.after
            others = [one for one in left if one not in (first.before, after)]
            changed = _changed(roots, [first])
            for second in (yield from self._edits(changed, others)):
                edits = sorted((first, second), key=lambda edit: edit.before.name)
                way = yield from self._way(roots, tuple(edits))
                if isinstance(way, _Way):
                    ways.append(way)
            if len(ways) >= _MOST_WAYS:
                break
        return ways

    def _edits(self, roots: RootRequirements, own: Sequence[Requirement]) -> Search[list[_Edit]]:
        """Search the edits of one line after which the conflicting lines alone hold; leave one out where none does."""
        edits: list[_Edit] = []
        for requirement in own[:_MOST_LINES]:
            moved_on = False
            for form in relaxed_forms(requirement):
                if moved_on and requirement.exact:
                    # A pin that can move on need not go back.
                    break
                version = yield from self._first_version(_only(roots, own), form)
                if version is not None:
                    after = form.settled_at(version)
                    size = step_between(form.bound, version)
                    edits.append(_Edit(requirement, after, size, form.upwards is False))
                    moved_on = form.upwards is True
        return edits or [_Edit(one, None, Step.MAJOR, back=True) for one in own[:_MOST_LINES]]

    def _first_version(self, roots: RootRequirements, form: RelaxedRequirement) -> Search[Version | None]:
        """Search the version nearest to the bound on its other side with which the requirements hold.

        The choice of another package may have led past nearer ones, so these are tried one by one.
        """
        name = form.original.name
        order = Order.LOWEST_DIRECT if form.upwards else Order.LATEST
        asked = _changed(roots, [_Edit(form.original, form.searched, Step.MAJOR)])
        problem = self._problem(asked, Preference(order, {}, frozenset({name})))
        found = yield from problem.solve()
        candidates = problem.providers[0].candidates(name)
        choices = yield from _choices(problem, found)
        if candidates is None or choices is None or name not in choices:
            return None
        nearest, tried = choices[name], 0
        for _ in range(_NEARER_TRIES):
            nearer = nearest - 1 if form.upwards else ~((nearest << 1) - 1)
            possible = candidates.usable & candidates.admitted(form.searched) & problem.solver.always(name)
            left = possible & nearer & ~tried
            if not left:
                break
            choice = lowest(left) if form.upwards else highest(left)
            tried |= choice
            again = yield from problem.solve([(name, choice)])
            if (yield from _choices(problem, again)) is not None:
                nearest = choice
                break
        return candidates.package.version(nearest) if nearest & candidates.package.all else None

    def _problem(self, roots: RootRequirements, preference: Preference) -> ResolutionProblem:
        limits = SearchLimits(min(_STEPS, self._limits.steps), self._limits.expired)
        return ResolutionProblem(
            *(self._cache, [self._target], roots, self._policy, preference, limits), known_breaks=self._known_breaks
        )

    def _way(self, roots: RootRequirements, edits: tuple[_Edit, ...]) -> Search[_Way | tuple[Requirement, ...]]:
        """Return the way out if all requirements hold after the edits, else the lines of the conflict that is left."""
        found = yield from self._solve(_changed(roots, edits), Preference())
        if not isinstance(found, dict):
            return found
        return _Way(edits, tuple(str(found.get(edit.before.name, "")) for edit in edits))

    def _solve(
        self, roots: RootRequirements, preference: Preference
    ) -> Search[dict[NormalizedName, Version] | tuple[Requirement, ...]]:
        """Return the versions of a set that holds, else the project's lines that contradict each other, if known."""
        problem = self._problem(roots, preference)
        found = yield from problem.solve()
        if isinstance(found, Unsolvable) and found.proof is not None:
            return explain_in(problem, found.proof).own
        choices = yield from _choices(problem, found)
        if choices is None:
            return ()
        provider = problem.providers[0]
        versions = {}
        for name, choice in choices.items():
            candidates = provider.candidates(name)
            if candidates is not None and choice & candidates.package.all:
                versions[name] = candidates.package.version(choice)
        return versions


def _choices(problem: ResolutionProblem, found: Solved | Unsolvable | Exhausted) -> Search[Choices | None]:
    """Return the choices of a set that was found and rests on nothing unknown."""
    if not isinstance(found, Solved):
        return None
    choices = problem.choices(found)
    graphs = yield from problem.graphs(choices)
    return None if problem.missing_in(graphs) else choices


def _changed(roots: RootRequirements, edits: Iterable[_Edit]) -> RootRequirements:
    """Return root requirements with these edits."""
    after = {edit.before: edit.after for edit in edits}

    def change(requirements: tuple[Requirement, ...]) -> tuple[Requirement, ...]:
        changed = (after.get(one, one) for one in requirements)
        return tuple(one for one in changed if one is not None)

    return _each(roots, change)


def _only(roots: RootRequirements, own: Sequence[Requirement]) -> RootRequirements:
    """Return root requirements with nothing but these lines, so that a try is short."""
    kept = frozenset(own)
    narrowed = _each(roots, lambda requirements: tuple(one for one in requirements if one in kept))
    return replace(narrowed, overrides=roots.overrides)


def _each(
    roots: RootRequirements, change: Callable[[tuple[Requirement, ...]], tuple[Requirement, ...]]
) -> RootRequirements:
    return replace(
        roots,
        requirements=change(roots.requirements),
        constraints=change(roots.constraints),
        overrides=change(roots.overrides),
        included=change(roots.included),
    )
