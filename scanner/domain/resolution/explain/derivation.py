"""The proof that no set of versions holds, as numbered steps from external causes to the contradiction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from packaging.utils import NormalizedName

from scanner.domain.resolution.explain.reasons import PackageNotFound, Reason, Required, Unavailable
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.resolution.model.versions import PackageVersions
from scanner.domain.resolution.pubgrub.incompatibility import DerivedCause, ExternalCause, Incompatibility

__all__ = ["Clash", "Derivation", "DerivationStep", "EarlierStep", "derive", "reasons_of"]

# A proof of a hard set has thousands of steps. The last ones say what matters.
_MAX_STEPS = 200


@dataclass(frozen=True, slots=True)
class EarlierStep:
    """A cause that an earlier step concluded."""

    conclusion: Incompatibility
    number: int


@dataclass(frozen=True, slots=True)
class DerivationStep:
    """A conclusion and its causes; those of the step before it too, if `follows`.

    `number` is set if a later step refers to it. `conclusion` is None in the last step: nothing holds.
    """

    number: int | None
    follows: bool
    causes: tuple[Reason | EarlierStep, ...]
    conclusion: Incompatibility | None


@dataclass(frozen=True, slots=True)
class Clash:
    """Two reasons that no version of a package meets together; one that no version meets alone if `second` is None."""

    package: NormalizedName
    first: Reason
    second: Reason | None


@dataclass(frozen=True, slots=True)
class Derivation:
    """The proof. `omitted` counts the steps before `steps`; `reasons` are all external causes in the order of use.

    `nodes` names the node numbers of incompatibilities, `packages` finds the versions of a node, and `targets` are
    the slugs of the targets by their number.
    """

    steps: tuple[DerivationStep, ...]
    omitted: int
    reasons: tuple[Reason, ...]
    clashes: tuple[Clash, ...]
    nodes: Sequence[str]
    packages: Callable[[str], PackageVersions | None]
    targets: Sequence[str]


def derive(
    proof: Incompatibility,
    nodes: Sequence[str],
    packages: Callable[[str], PackageVersions | None],
    targets: Sequence[str],
    admitted: Callable[[Requirement], int],
) -> Derivation:
    """Return the derivation of a solver's proof. `admitted` gives the candidates that satisfy a requirement."""
    order = _ordered(proof)
    positions = {id(conclusion): position for position, conclusion in enumerate(order)}
    recalled = {
        positions[id(part)]
        for position, conclusion in enumerate(order)
        for part in _parts(conclusion)
        if positions.get(id(part), position - 1) != position - 1
    }
    numbers = {position: number for number, position in enumerate(sorted(recalled), 1)}
    omitted = max(0, len(order) - _MAX_STEPS)
    steps = []
    for position, conclusion in enumerate(order[omitted:], omitted):
        causes: list[Reason | EarlierStep] = []
        follows = False
        for part in _parts(conclusion):
            earlier = positions.get(id(part))
            if earlier is None:
                reason = _reason(part)
                if reason is not None:
                    causes.append(reason)
            elif earlier == position - 1:
                follows = True
            else:
                causes.append(EarlierStep(part, numbers[earlier]))
        is_last = position == len(order) - 1
        steps.append(DerivationStep(numbers.get(position), follows, tuple(causes), None if is_last else conclusion))
    reasons = reasons_of(proof)
    clashes = tuple(_clashes(reasons, packages, admitted))
    return Derivation(tuple(steps), omitted, reasons, clashes, nodes, packages, targets)


def reasons_of(proof: Incompatibility) -> tuple[Reason, ...]:
    """Return the external causes of a proof, each once."""
    found: dict[Reason, None] = {}
    seen = {id(proof)}
    stack = [proof]
    while stack:
        incompatibility = stack.pop()
        if isinstance(incompatibility.cause, DerivedCause):
            for part in (incompatibility.cause.second, incompatibility.cause.first):
                if id(part) not in seen:
                    seen.add(id(part))
                    stack.append(part)
        else:
            reason = _reason(incompatibility)
            if reason is not None:
                found[reason] = None
    return tuple(found)


def _reason(incompatibility: Incompatibility) -> Reason | None:
    """Return the external cause; None for facts that need no mention."""
    cause = incompatibility.cause
    return cause.reason if isinstance(cause, ExternalCause) else None  # type: ignore[return-value]  # providers give Reasons


def _parts(incompatibility: Incompatibility) -> list[Incompatibility]:
    """Return the two causes of a derived incompatibility, passing over those that only add an unmentioned fact."""
    cause = incompatibility.cause
    if not isinstance(cause, DerivedCause):
        return []
    return [_mentioned(cause.first), _mentioned(cause.second)]


def _mentioned(incompatibility: Incompatibility) -> Incompatibility:
    while isinstance(incompatibility.cause, DerivedCause):
        first, second = incompatibility.cause.first, incompatibility.cause.second
        if _is_unmentioned(second):
            incompatibility = first
        elif _is_unmentioned(first):
            incompatibility = second
        else:
            break
    return incompatibility


def _is_unmentioned(incompatibility: Incompatibility) -> bool:
    return isinstance(incompatibility.cause, ExternalCause) and incompatibility.cause.reason is None


def _ordered(proof: Incompatibility) -> list[Incompatibility]:
    """Return every derived incompatibility once, each after its causes. A loop, as proofs are too deep to recurse."""
    order: list[Incompatibility] = []
    done: set[int] = set()
    proof = _mentioned(proof) if _parts(proof) else proof
    stack: list[tuple[Incompatibility, bool]] = [(proof, False)]
    while stack:
        incompatibility, expanded = stack.pop()
        if id(incompatibility) in done:
            continue
        if expanded:
            done.add(id(incompatibility))
            order.append(incompatibility)
            continue
        stack.append((incompatibility, True))
        stack.extend((part, False) for part in _parts(incompatibility) if isinstance(part.cause, DerivedCause))
    if not order or not isinstance(order[-1].cause, DerivedCause):
        return [Incompatibility((), DerivedCause(proof, proof))] if not isinstance(proof.cause, DerivedCause) else order
    return order


def _clashes(
    reasons: Iterable[Reason],
    packages: Callable[[str], PackageVersions | None],
    admitted: Callable[[Requirement], int],
) -> list[Clash]:
    """Return the reasons that leave no version of a package, alone or in pairs, at most three of each package."""
    found: dict[NormalizedName, list[tuple[int, Reason]]] = {}
    for reason in reasons:
        if isinstance(reason, Required):
            found.setdefault(reason.requirement.name, []).append((admitted(reason.requirement), reason))
        elif isinstance(reason, Unavailable):
            package = packages(reason.name)
            known = 0 if package is None else package.all
            found.setdefault(reason.name, []).append((known & ~reason.releases, reason))
        elif isinstance(reason, PackageNotFound):
            found.setdefault(reason.name, []).insert(0, (0, reason))
    clashes = []
    for name, listed in found.items():
        alone = [reason for mask, reason in listed if not mask]
        clashes += [Clash(name, reason, None) for reason in alone[:3]]
        pairs = [pair for pair in combinations(listed[:100], 2) if not pair[0][0] & pair[1][0]]
        clashes += [Clash(name, first[1], second[1]) for first, second in pairs[: 0 if alone else 3]]
    return clashes
