"""The sentences of derivations and of plan reasons. Nothing else in the resolver writes text that people read."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from packaging.utils import NormalizedName

from scanner.domain.resolution.explain.derivation import Clash, Derivation, DerivationStep, EarlierStep
from scanner.domain.resolution.explain.plan_reason import PlanReason, PlanReasonKind
from scanner.domain.resolution.explain.reasons import (
    Constrained,
    InvalidDependency,
    Obstacle,
    PackageNotFound,
    Reason,
    Required,
    Unavailable,
)
from scanner.domain.resolution.pubgrub.incompatibility import ABSENT, Incompatibility

__all__ = ["clash_sides", "derivation_lines", "derivation_text", "plan_cause_text", "plan_reason_text"]

_NO_SET = "the requirements cannot hold together"

# What follows the name and version of a release.
_OBSTACLES = {
    Obstacle.PURE_SOURCE: "has no wheel, only pure Python source to build",
    Obstacle.COMPILED_SOURCE: "has no wheel, only source to compile",
    Obstacle.UNSEEN_SOURCE: "has no wheel, only source that was not looked into",
    Obstacle.UNREADABLE_SOURCE: "has no wheel, only source that cannot be read",
    Obstacle.REQUIRES_PYTHON: "refuses that Python",
    Obstacle.NO_FILE: "has no file for it",
    Obstacle.TOO_YOUNG: "is younger than the policy allows",
}


def derivation_text(derivation: Derivation) -> str:
    """Return a derivation as text, one sentence a line; a line that others refer to ends with its number."""
    return "\n".join(derivation_lines(derivation))


def derivation_lines(derivation: Derivation, target_name: Callable[[str], str] = str) -> list[str]:
    """Return the sentences of a derivation. `target_name` names a target by its slug."""
    writer = _DerivationWriter(derivation, target_name)
    lines = [f"({derivation.omitted} earlier steps are left out.)"] if derivation.omitted else []
    return lines + [writer.step(step) for step in derivation.steps]


def clash_sides(derivation: Derivation, clash: Clash) -> tuple[str, str]:
    """Return the two sides of a clash as clauses."""
    writer = _DerivationWriter(derivation)
    second = f"no release of {clash.package} is left" if clash.second is None else writer.reason(clash.second)
    return writer.reason(clash.first), second


class _DerivationWriter:
    """Writes parts of a derivation as parts of English sentences."""

    def __init__(self, derivation: Derivation, target_name: Callable[[str], str] = str) -> None:
        self._nodes, self._packages, self._targets = derivation.nodes, derivation.packages, derivation.targets
        self._target_name = target_name

    def step(self, step: DerivationStep) -> str:
        """Return one step as a sentence."""
        causes = [
            f"{self.conclusion(cause.conclusion)} ({cause.number})"
            if isinstance(cause, EarlierStep)
            else self.reason(cause)
            for cause in step.causes
        ]
        conclusion = _NO_SET if step.conclusion is None else self.conclusion(step.conclusion)
        lead = "And because" if step.follows else "Because"
        text = f"{lead} {' and '.join(causes)}, {conclusion}." if causes else f"So {conclusion}."
        return f"{text} ({step.number})" if step.number else text

    def reason(self, reason: Reason) -> str:
        """Return a reason as a clause: "the project requires …", "… needs …"."""
        match reason:
            case Required(requirement=requirement, dependent=None):
                return f"the project requires {requirement}"
            case Required(requirement=requirement, dependent=dependent, extra=extra) if dependent is not None:
                subject = self._releases(dependent, reason.releases)
                return f"{subject}{f' with extra {extra}' if extra else ''} needs {requirement}"
            case Constrained(requirement=requirement):
                limit = requirement.specifier or requirement.url or "nothing"
                return f"a constraint limits {requirement.name} to {limit}"
            case Unavailable():
                by_newest = sorted(reason.obstacles, key=lambda pair: -pair[1].bit_length())
                parts = [f"{self._releases(reason.name, mask)} {_OBSTACLES[obstacle]}" for obstacle, mask in by_newest]
                return f"on {self._target_name(reason.target)}, {', '.join(parts)}"
            case PackageNotFound(name=name):
                return f"the index has no package {name}"
            case InvalidDependency(name=name, text=text):
                return f"a release of {name} states a requirement that cannot be read: {text!r}"
        raise AssertionError(reason)

    def conclusion(self, incompatibility: Incompatibility) -> str:
        """Return what an incompatibility forbids as a clause that says what must be."""
        given = [(self._nodes[node], mask) for node, mask in incompatibility.terms if not mask & ABSENT]
        wanted = [(self._nodes[node], ~mask) for node, mask in incompatibility.terms if mask & ABSENT]
        if not given and not wanted:
            return _NO_SET
        needs = " or ".join(self._wanted(node, mask) for node, mask in wanted)
        having = " with ".join(self._releases(node, mask) for node, mask in given)
        if not wanted:
            return f"{having} cannot be used" if len(given) == 1 else f"{having} cannot be used together"
        return f"{having} needs {needs}" if given else f"{needs} is needed"

    def _wanted(self, node: str, mask: int) -> str:
        package = self._packages(node)
        if package is not None and not mask & package.all:
            return f"a version of {NormalizedName(node)} that does not exist"
        return self._releases(node, mask)

    def _releases(self, node: str, mask: int) -> str:
        """Return "pydantic 2.0 to 2.6.1", "every pydantic", or the bare name of a node without versions."""
        name, at, target = node.partition("@")
        if at:
            return f"{name} on {self._target_name(self._targets[int(target)])}"
        package = self._packages(node)
        if package is None or not package.versions:
            return node
        own = mask & package.all
        if own == package.all:
            return f"every {node}" if len(package.versions) > 1 else f"{node} {package.versions[0]}"
        return f"{node} {package.describe(own)}" if own else f"{node} from a URL"


def plan_reason_text(reason: PlanReason, target_name: Callable[[str], str] = str) -> str:
    """Return a reason as a sentence without a full stop; that of a plan that does not exist begins with "no path: "."""
    no_path = {PlanReasonKind.CONTRADICTION, PlanReasonKind.BLOCKED}
    return f"{'no path: ' if reason.kind in no_path else ''}{plan_cause_text(reason, target_name)}"


_PLAN_CAUSES = {
    PlanReasonKind.NEWER_VERSION: "a newer version is there",
    PlanReasonKind.VERSION_NOT_FOUND: "the index has no {name} {version}",
    PlanReasonKind.NOT_INSTALLABLE: "{name} {version} {obstacles}{on}",
    PlanReasonKind.NOT_ADMITTED: "{dependent} needs {requirement}",
    PlanReasonKind.UNMET_REQUIREMENT: "{name} {version} needs {requirement}{available}",
    PlanReasonKind.WITH_OTHERS: "it moves with the others",
    PlanReasonKind.NOT_POLLED: "{name} was not polled yet",
    PlanReasonKind.PACKAGE_NOT_FOUND: "the index has no package {name}",
    PlanReasonKind.NO_INSTALLABLE_VERSION: "no release of {name} is usable{on}: {version} {obstacles}",
    PlanReasonKind.NO_ADMITTED_VERSION: "no release of {name} that the requirements admit is usable{on}",
    PlanReasonKind.INCOMPLETE: "some of what it hangs on is not known yet",
    PlanReasonKind.CUT_SHORT: "the search was cut short after {steps} steps",
    PlanReasonKind.CONTRADICTION: "{sides}",
    PlanReasonKind.BLOCKED: "{parts}",
    PlanReasonKind.TEXT: "{text}",
}


def plan_cause_text(reason: PlanReason, target_name: Callable[[str], str] = str) -> str:
    """Return a reason as a clause.

    `target_name` names a target by its slug. Where it returns "", the target is left out: the page that shows the
    clause is about one target only.
    """
    return _PLAN_CAUSES[reason.kind].format(
        name=reason.name,
        version=reason.version,
        obstacles=" or ".join(_OBSTACLES[obstacle] for obstacle in reason.obstacles),
        on=_at("on all of" if len(reason.targets) > 1 else "on", reason.targets, target_name),
        dependent=reason.dependent or "the project",
        requirement=reason.requirement,
        available=_available_text(reason, target_name),
        steps=reason.steps,
        sides=", but ".join(reason.sides) or "the requirements contradict each other",
        parts="; ".join(plan_cause_text(part, target_name) for part in reason.parts),
        text=reason.text,
    )


def _available_text(reason: PlanReason, target_name: Callable[[str], str]) -> str:
    if reason.available_from is None:
        return ""
    if not reason.available_from:
        where = _at("on", reason.targets, target_name)
        return f", and no release of {reason.required} from there on is usable{where}"
    where = _at("for", reason.targets, target_name)
    return f", and {reason.required} has no wheel{where} before {reason.available_from}"


def _at(preposition: str, targets: Iterable[str], target_name: Callable[[str], str]) -> str:
    names = ", ".join(name for slug in targets if (name := target_name(slug)))
    return f" {preposition} {names}" if names else ""
