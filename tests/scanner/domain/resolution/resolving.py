"""One resolution on one target, as tests and benchmarks compare it: a set, or why there is none."""

from msgspec import Struct

from scanner.domain.resolution.blockers import explain_in
from scanner.domain.resolution.explain.account import ConflictAccount
from scanner.domain.resolution.model.missing import Missing, finish
from scanner.domain.resolution.model.outcomes import LimitReached, Resolution, SearchLimits
from scanner.domain.resolution.problem import ResolutionProblem
from scanner.domain.resolution.pubgrub.solver import Exhausted, Unsolvable
from scanner.domain.resolution.results import resolution_of
from scanner.domain.resolution.target_provider import TargetProvider


class Conflict(Struct, frozen=True):
    """The proof that no set holds."""

    account: ConflictAccount


class Incomplete(Struct, frozen=True):
    """A set that depends on data that is missing."""

    missing: Missing


ResolutionOutcome = Resolution | Conflict | Incomplete | LimitReached


def resolve(asked: TargetProvider, limits: SearchLimits | None = None) -> ResolutionOutcome:
    """Find one set that satisfies everything that a provider asks, by its preference.

    A conflict counts whatever is missing, since more data only adds requirements.
    """
    problem = ResolutionProblem(
        asked.cache, [asked.target], asked.roots, asked.policy, asked.preference, limits or SearchLimits()
    )
    found = finish(problem.solve(), problem.cache)
    if isinstance(found, Exhausted):
        return LimitReached(found.steps, found.reason)
    if isinstance(found, Unsolvable):
        assert found.proof is not None  # there were no assumptions
        return Conflict(explain_in(problem, found.proof))
    if missing := problem.missing():
        return Incomplete(missing)
    return resolution_of(problem.providers[0], problem.choices(found))
