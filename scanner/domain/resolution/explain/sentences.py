"""The sentences of plan reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from scanner.domain.resolution.explain.conflict_text import line_text
from scanner.domain.resolution.explain.obstacle_text import obstacle_text
from scanner.domain.resolution.explain.plan_reason import PlanReason, PlanReasonKind
from scanner.domain.resolution.explain.reasons import Obstacle
from scanner.domain.translation import ENGLISH, gettext, language, noop, pgettext

__all__ = ["plan_cause_text", "plan_reason_text"]


def plan_reason_text(reason: PlanReason, target_name: Callable[[str], str] = str) -> str:
    """Return a reason as a sentence without a full stop; that of a plan that does not exist begins with "no path: "."""
    no_path = {PlanReasonKind.CONTRADICTION, PlanReasonKind.BLOCKED}
    cause = plan_cause_text(reason, target_name)
    return gettext("no path: {cause}").format(cause=cause) if reason.kind in no_path else cause


_PLAN_CAUSES = {
    PlanReasonKind.NEWER_VERSION: noop("a newer version is there"),
    PlanReasonKind.VERSION_NOT_FOUND: noop("the index has no {name} {version}"),
    PlanReasonKind.NOT_INSTALLABLE: noop("{name} {version} {obstacles}{on}"),
    PlanReasonKind.NOT_ADMITTED: noop("{dependent} needs {requirement}"),
    PlanReasonKind.UNMET_REQUIREMENT: noop("{name} {version} needs {requirement}{available}"),
    PlanReasonKind.KNOWN_BREAK: noop("{name} {version} is known to break{beside}: {text}"),
    PlanReasonKind.WITH_OTHERS: noop("it moves with the others"),
    PlanReasonKind.HELD_BACK: noop("capped at the newest version that installs{on}: {required} does not"),
    PlanReasonKind.NOT_POLLED: noop("{name} was not polled yet"),
    PlanReasonKind.NOT_READ: noop("what {name} {version} requires was not read yet"),
    PlanReasonKind.PACKAGE_NOT_FOUND: noop("the index has no package {name}"),
    PlanReasonKind.NO_INSTALLABLE_VERSION: noop("no release of {name} is usable{on}: {version} {obstacles}"),
    PlanReasonKind.NO_ADMITTED_VERSION: noop("no release of {name} that the requirements admit is usable{on}"),
    PlanReasonKind.INCOMPLETE: noop("some of what it depends on is not known yet"),
    PlanReasonKind.CUT_SHORT: noop("the search was cut short after {steps} steps"),
    PlanReasonKind.CONTRADICTION: "{sides}",
    PlanReasonKind.BLOCKED: "{parts}",
    PlanReasonKind.TEXT: "{text}",
}


def plan_cause_text(reason: PlanReason, target_name: Callable[[str], str] = str) -> str:
    """Return a reason as a clause.

    `target_name` names a target by its slug. Where it returns "", the target is left out: the page that shows the
    clause is about one target only.
    """
    if reason.kind is PlanReasonKind.INCOMPLETE and reason.parts:
        return "; ".join(plan_cause_text(part, target_name) for part in reason.parts)
    return gettext(_PLAN_CAUSES[reason.kind]).format(
        name=reason.name,
        version=reason.version,
        obstacles=_either(reason.obstacles),
        on=_on(reason.targets, target_name),
        dependent=reason.dependent or gettext("the project"),
        requirement=reason.requirement,
        required=reason.required,
        available=_available_text(reason, target_name),
        steps=reason.steps,
        beside=_beside(reason),
        sides=_sides(reason, target_name),
        parts="; ".join(plan_cause_text(part, target_name) for part in reason.parts),
        text=reason.text,
    )


def _either(obstacles: Iterable[Obstacle]) -> str:
    between = pgettext("between the last words of a list", "or")
    return f" {between} ".join(map(obstacle_text, obstacles))


def _sides(reason: PlanReason, target_name: Callable[[str], str]) -> str:
    if len(reason.sides) > 1:
        side, other = (line_text(line, target_name) for line in reason.sides[:2])
        return gettext("{side}, but {other}").format(side=side, other=other)
    # Sides that were stored before they were data are an English text.
    is_readable = reason.text and language() == ENGLISH
    return reason.text if is_readable else gettext("the requirements contradict each other")


def _beside(reason: PlanReason) -> str:
    if reason.without:
        return gettext(" without {package}").format(package=reason.without)
    return gettext(" with {package}").format(package=reason.required) if reason.required else ""


def _available_text(reason: PlanReason, target_name: Callable[[str], str]) -> str:
    if reason.available_from is None:
        return ""
    on = _on(reason.targets, target_name, of_all=False)
    if reason.available_from:
        text = gettext(", and {required} has no wheel{on} before {version}")
        return text.format(
            required=reason.required, on=_for(reason.targets, target_name), version=reason.available_from
        )
    none = gettext(", none of which installs{on}").format(on=on)
    if not reason.free_from:
        return none
    return none + gettext("; {release} does not need it").format(release=reason.free_from)


def _named(targets: Iterable[str], target_name: Callable[[str], str]) -> str:
    return ", ".join(name for slug in targets if (name := target_name(slug)))


def _on(targets: Sequence[str], target_name: Callable[[str], str], *, of_all: bool = True) -> str:
    names = _named(targets, target_name)
    if not names:
        return ""
    text = gettext(" on all of {targets}") if of_all and len(targets) > 1 else gettext(" on {targets}")
    return text.format(targets=names)


def _for(targets: Sequence[str], target_name: Callable[[str], str]) -> str:
    names = _named(targets, target_name)
    return gettext(" for {targets}").format(targets=names) if names else ""
