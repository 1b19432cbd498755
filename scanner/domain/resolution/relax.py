"""Search the smallest ways out of a conflict: one bound of one of the project's own lines gives way, else of two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace
from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.evidence.known_breaks import NO_KNOWN_BREAKS, KnownBreaks
from scanner.domain.resolution.blockers import explain_in
from scanner.domain.resolution.explain.conflict import Relaxation, RequirementEdit
from scanner.domain.resolution.loosen import Step, step_between
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.missing import Search
from scanner.domain.resolution.model.outcomes import SearchLimits
from scanner.domain.resolution.model.policy import BuildPolicy, Order, Preference
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.model.root_requirements import RootRequirements
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
_MOST_ROUNDS = 3
_STEP_SIZES = {Step.PATCH: 0, Step.MINOR: 1, Step.MAJOR: 2}


class _Edit(Struct, frozen=True):
    """A requirement that gives way: its new form (None: left out), the size of the step, and whether it goes back."""

    before: Requirement
    after: Requirement | None
    size: Step
    back: bool = False


class _Way(Struct, frozen=True):
    """Edits after which a set holds, with the versions of that set."""

    edits: tuple[_Edit, ...]
    pins: Mapping[NormalizedName, Version]

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
            RequirementEdit(
                edit.before.name,
                str(edit.before),
                "" if edit.after is None else str(edit.after),
                str(self.pins.get(edit.before.name, "")),
            )
            for edit in self.edits
        )
        return Relaxation(edits, max((edit.size for edit in self.edits), key=_STEP_SIZES.__getitem__).value)


_Lines = tuple[Requirement, ...]
_Try = tuple[_Edit, _Way | _Lines]
"""An edit with the way out that it is, or with the project's lines that still contradict each other after it."""


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
    tries = yield from search.tries(roots, own)
    ways = {way.edits: way for _, way in tries if isinstance(way, _Way)}
    for first, left in tries if not ways else ():
        assert not isinstance(left, _Way)
        lines = [one for one in left if one not in (first.before, first.after)]
        for second, way in (yield from search.tries(_changed(roots, [first]), lines)):
            if isinstance(way, _Way):
                edits = tuple(sorted((first, second), key=lambda edit: edit.before.name))
                ways.setdefault(edits, _Way(edits, way.pins))
        if len(ways) >= _MOST_WAYS:
            break
    return tuple(way.to_relaxation() for way in sorted(ways.values(), key=lambda way: way.rank)[:_MOST_WAYS])


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

    def tries(self, roots: RootRequirements, own: Sequence[Requirement]) -> Search[list[_Try]]:
        """Try the edits of each of the contradicting lines; where no bound can give way, try to leave one out."""
        tries: list[_Try] = []
        for requirement in own[:_MOST_LINES]:
            for form in relaxed_forms(requirement):
                found = yield from self._try(roots, own, form)
                if found is not None:
                    tries.append(found)
                    if form.upwards and requirement.exact and isinstance(found[1], _Way):
                        # A pin that can move on need not go back.
                        break
        for requirement in own[:_MOST_LINES] if not tries else ():
            edit = _Edit(requirement, None, Step.MAJOR, back=True)
            tries.append((edit, (yield from self._way(roots, edit))))
        return tries

    def _try(
        self, roots: RootRequirements, own: Sequence[Requirement], form: RelaxedRequirement
    ) -> Search[_Try | None]:
        """Search how far one clause must give way: first for the contradicting lines, then for those that join them."""
        lines, found = list(own), None
        for _ in range(_MOST_ROUNDS):
            version = yield from self._first_version(_only(roots, lines), form)
            if version is None:
                break
            edit = _Edit(
                form.original, form.settled_at(version), step_between(form.bound, version), form.upwards is False
            )
            way = yield from self._way(roots, edit)
            found = (edit, way)
            if isinstance(way, _Way):
                break
            joining = [one for one in way if one != edit.after and one not in lines]
            if not joining:
                break
            lines += joining
        return found

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

    def _way(self, roots: RootRequirements, edit: _Edit) -> Search[_Way | _Lines]:
        """Return the way out if all requirements hold after the edit, else the lines of the conflict that is left."""
        problem = self._problem(_changed(roots, [edit]), Preference())
        found = yield from problem.solve()
        if isinstance(found, Unsolvable) and found.proof is not None:
            return explain_in(problem, found.proof).own
        choices = yield from _choices(problem, found)
        if choices is None:
            return ()
        pins = {}
        for name, choice in choices.items():
            candidates = problem.providers[0].candidates(name)
            if candidates is not None and choice & candidates.package.all:
                pins[name] = candidates.package.version(choice)
        return _Way((edit,), pins)


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
