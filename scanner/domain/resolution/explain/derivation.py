"""A proof that nothing holds, made readable: numbered steps, who asks for what, and which pair cannot hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from packaging.utils import NormalizedName

from scanner.domain.resolution.explain.reasons import PackageNotFound, Reason, Required, Unavailable
from scanner.domain.resolution.explain.sentences import Phrases
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.pubgrub.incompatibility import DerivedCause, ExternalCause, Incompatibility

__all__ = ["Clash", "Derivation", "DerivationStep", "derive", "reasons_of"]

# A proof of a hard set has thousands of steps; nobody reads further back than this.
_TOLD = 200


@dataclass(frozen=True, slots=True)
class DerivationStep:
    """One conclusion. `number` is set when a later step refers to it."""

    number: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Clash:
    """Two demands on one package that no version satisfies together, as sentences without a full stop.

    Where one demand alone has no version, the second says so.
    """

    package: NormalizedName
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Derivation:
    """The whole proof. `reasons` are its leaves in the order in which they are used."""

    steps: tuple[DerivationStep, ...]
    reasons: tuple[Reason, ...]
    clashes: tuple[Clash, ...]

    def __str__(self) -> str:
        """One sentence a line; a line that others refer to ends with its number."""
        return "\n".join(f"{step.text} ({step.number})" if step.number else step.text for step in self.steps)


def derive(
    proof: Incompatibility, nodes: Sequence[str], phrases: Phrases, admitted: Callable[[Requirement], int]
) -> Derivation:
    """Tell a proof from its leaves to its end. `nodes` names the numbers in its clauses."""
    order = _told_in_order(proof)
    lines = {id(clause): position for position, clause in enumerate(order)}
    recalled = {
        lines[id(part)]
        for position, clause in enumerate(order)
        for part in _parts(clause)
        if lines.get(id(part), position - 1) != position - 1
    }
    numbered = {told: number for number, told in enumerate(sorted(recalled), 1)}
    steps = []
    left_out = max(0, len(order) - _TOLD)
    if left_out:
        steps.append(DerivationStep(None, f"({left_out} earlier steps are left out.)"))
    for position, clause in enumerate(order[left_out:], left_out):
        causes = []
        follows = False
        for part in _parts(clause):
            told = lines.get(id(part))
            if told is None:
                reason = _reason(part)
                if reason is not None:
                    causes.append(phrases.reason(reason))
            elif told == position - 1:
                follows = True
            else:
                causes.append(f"{phrases.clause(part, nodes)} ({numbered[told]})")
        lead = "And because" if follows else "Because"
        last = position == len(order) - 1
        conclusion = "the requirements cannot hold together" if last else phrases.clause(clause, nodes)
        text = f"{lead} {' and '.join(causes)}, {conclusion}." if causes else f"So {conclusion}."
        steps.append(DerivationStep(numbered.get(position), text))
    reasons = reasons_of(proof)
    return Derivation(tuple(steps), reasons, tuple(_clashes(reasons, phrases, admitted)))


def reasons_of(proof: Incompatibility) -> tuple[Reason, ...]:
    """The leaves of a proof, each once, without telling it."""
    found: dict[Reason, None] = {}
    seen = {id(proof)}
    stack = [proof]
    while stack:
        clause = stack.pop()
        if isinstance(clause.cause, DerivedCause):
            for part in (clause.cause.second, clause.cause.first):
                if id(part) not in seen:
                    seen.add(id(part))
                    stack.append(part)
        else:
            reason = _reason(clause)
            if reason is not None:
                found[reason] = None
    return tuple(found)


def _reason(clause: Incompatibility) -> Reason | None:
    """What a leaf rests on; None for facts that go without saying."""
    cause = clause.cause
    return cause.reason if isinstance(cause, ExternalCause) else None  # type: ignore[return-value]  # providers give Reasons


def _parts(clause: Incompatibility) -> list[Incompatibility]:
    """The two clauses that a derived one rests on, passing through those that only add a fact without saying."""
    cause = clause.cause
    if not isinstance(cause, DerivedCause):
        return []
    return [_spoken(cause.first), _spoken(cause.second)]


def _spoken(clause: Incompatibility) -> Incompatibility:
    while isinstance(clause.cause, DerivedCause):
        first, second = clause.cause.first, clause.cause.second
        if _is_silent(second):
            clause = first
        elif _is_silent(first):
            clause = second
        else:
            break
    return clause


def _is_silent(clause: Incompatibility) -> bool:
    return isinstance(clause.cause, ExternalCause) and clause.cause.reason is None


def _told_in_order(proof: Incompatibility) -> list[Incompatibility]:
    """Every derived clause once, each after those it rests on, the proof's own last. Deep proofs need no recursion."""
    order: list[Incompatibility] = []
    done: set[int] = set()
    proof = _spoken(proof) if _parts(proof) else proof
    stack: list[tuple[Incompatibility, bool]] = [(proof, False)]
    while stack:
        clause, expanded = stack.pop()
        if id(clause) in done:
            continue
        if expanded:
            done.add(id(clause))
            order.append(clause)
            continue
        stack.append((clause, True))
        stack.extend((part, False) for part in _parts(clause) if isinstance(part.cause, DerivedCause))
    if not order or not isinstance(order[-1].cause, DerivedCause):
        return [Incompatibility((), DerivedCause(proof, proof))] if not isinstance(proof.cause, DerivedCause) else order
    return order


def _clashes(reasons: Iterable[Reason], phrases: Phrases, admitted: Callable[[Requirement], int]) -> list[Clash]:
    """The pairs of demands that leave nothing of a package, at most three of each."""
    demands: dict[NormalizedName, list[tuple[int, str]]] = {}
    for reason in reasons:
        if isinstance(reason, Required):
            demands.setdefault(reason.requirement.name, []).append(
                (admitted(reason.requirement), phrases.reason(reason))
            )
        elif isinstance(reason, Unavailable):
            rest = phrases.known(reason.name) & ~reason.releases
            demands.setdefault(reason.name, []).append((rest, phrases.reason(reason)))
        elif isinstance(reason, PackageNotFound):
            demands.setdefault(reason.name, []).insert(0, (0, phrases.reason(reason)))
    found = []
    for name, listed in demands.items():
        alone = [text for mask, text in listed if not mask]
        found += [Clash(name, text, f"no release of {name} is left") for text in alone[:3]]
        pairs = [pair for pair in combinations(listed[:100], 2) if not pair[0][0] & pair[1][0]]
        found += [Clash(name, first[1], second[1]) for first, second in pairs[: 0 if alone else 3]]
    return found
