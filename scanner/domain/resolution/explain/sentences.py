"""The sentences of plan reasons, and the words for obstacles."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from scanner.domain.resolution.explain.plan_reason import PlanReason, PlanReasonKind
from scanner.domain.resolution.explain.reasons import Obstacle

__all__ = ["obstacle_text", "plan_cause_text", "plan_reason_text"]

# What follows the name and version of a release. Its first word is the verb.
_OBSTACLE_TEXTS = {
    Obstacle.PURE_SOURCE: "has no wheel, only pure Python source to build",
    Obstacle.COMPILED_SOURCE: "has no wheel, only source to compile",
    Obstacle.UNSEEN_SOURCE: "has no wheel, only source that was not looked into",
    Obstacle.UNREADABLE_SOURCE: "has no wheel, only source that cannot be read",
    Obstacle.REQUIRES_PYTHON: "excludes that Python",
    Obstacle.NO_FILE: "has no file for it",
    Obstacle.TOO_YOUNG: "is younger than the policy allows",
    Obstacle.KNOWN_BREAK: "is known to break",
    Obstacle.NOT_DECLARED: "does not declare that Python, which the project demands",
    Obstacle.FAILED_PROOF: "failed in the last proof",
}
_VERBS_OF_SEVERAL = {"has": "have", "excludes": "exclude", "is": "are", "does": "do", "failed": "failed"}


def obstacle_text(obstacle: Obstacle, *, several: bool = False) -> str:
    """Return what follows the name of a release, or of several: "has no file for it", "have no file for it"."""
    text = _OBSTACLE_TEXTS[obstacle]
    verb, _, rest = text.partition(" ")
    return f"{_VERBS_OF_SEVERAL[verb]} {rest}" if several else text


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
    PlanReasonKind.KNOWN_BREAK: "{name} {version} is known to break{beside}: {text}",
    PlanReasonKind.WITH_OTHERS: "it moves with the others",
    PlanReasonKind.HELD_BACK: "capped at the newest version that installs{on}: {required} does not",
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
        obstacles=" or ".join(obstacle_text(obstacle) for obstacle in reason.obstacles),
        on=_at("on all of" if len(reason.targets) > 1 else "on", reason.targets, target_name),
        dependent=reason.dependent or "the project",
        requirement=reason.requirement,
        required=reason.required,
        available=_available_text(reason, target_name),
        steps=reason.steps,
        beside=f" without {reason.without}"
        if reason.without
        else f" with {reason.required}"
        if reason.required
        else "",
        sides=", but ".join(reason.sides) or "the requirements contradict each other",
        parts="; ".join(plan_cause_text(part, target_name) for part in reason.parts),
        text=reason.text,
    )


def _available_text(reason: PlanReason, target_name: Callable[[str], str]) -> str:
    if reason.available_from is None:
        return ""
    if not reason.available_from:
        free = f"; {reason.free_from} does not need it" if reason.free_from else ""
        return f", none of which installs{_at('on', reason.targets, target_name)}{free}"
    where = _at("for", reason.targets, target_name)
    return f", and {reason.required} has no wheel{where} before {reason.available_from}"


def _at(preposition: str, targets: Iterable[str], target_name: Callable[[str], str]) -> str:
    names = ", ".join(name for slug in targets if (name := target_name(slug)))
    return f" {preposition} {names}" if names else ""
