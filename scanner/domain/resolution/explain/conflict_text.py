"""The sentences of conflicts: who asks for what, that it cannot hold, and what to change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby

from scanner.domain.phrases import join_words, range_text
from scanner.domain.resolution.explain.conflict import (
    ConflictExplanation,
    ConflictLine,
    LineKind,
    Relaxation,
    RequirementEdit,
)
from scanner.domain.resolution.explain.obstacle_text import obstacle_text
from scanner.domain.translation import gettext, ngettext, noop

__all__ = ["conflict_lines", "conflict_text", "line_text", "relaxation_text", "subject_text", "ways_out"]

TargetName = Callable[[str], str]


def conflict_text(conflict: ConflictExplanation, target_name: TargetName = str) -> str:
    """Return a conflict as text, one sentence a line, without the ways out."""
    return "\n".join(conflict_lines(conflict, target_name))


def conflict_lines(conflict: ConflictExplanation, target_name: TargetName = str) -> list[str]:
    """Return the sentences of a conflict, the last one with what follows. `target_name` names a target by its slug."""
    if conflict.text:
        return conflict.text.splitlines()
    statements = list(_statements(conflict.lines, target_name))
    if conflict.omitted:
        middle = (len(statements) + 1) // 2
        left_out = ngettext("({count} further fact left out.)", "({count} further facts left out.)", conflict.omitted)
        statements.insert(middle, left_out.format(count=conflict.omitted))
    return list(filter(None, (*statements, _conclusion(conflict))))


def line_text(line: ConflictLine, target_name: TargetName = str) -> str:
    """Return one line as a clause: "boto3 1.34.0 needs botocore>=1.34.0,<1.35.0"."""
    match line.kind:
        case LineKind.ASKED:
            return gettext("you ask for {requirement}{on}").format(
                requirement=line.requirement, on=_on(line, target_name)
            )
        case LineKind.LIMITED:
            return gettext("a constraint of yours is {requirement}{on}").format(
                requirement=line.requirement, on=_on(line, target_name)
            )
        case LineKind.OVERRIDDEN:
            return gettext("an override of yours is {requirement}{on}").format(
                requirement=line.requirement, on=_on(line, target_name)
            )
        case LineKind.NEEDS:
            text = _agreeing(
                line, noop("{releases} needs {requirement}{on}"), noop("{releases} need {requirement}{on}")
            )
            return text.format(releases=subject_text(line), requirement=line.requirement, on=_on(line, target_name))
        case LineKind.UNAVAILABLE:
            if line.obstacle is None:
                text = _agreeing(line, noop("{releases} does not install"), noop("{releases} do not install"))
                return text.format(releases=subject_text(line))
            return f"{subject_text(line)} {obstacle_text(line.obstacle, several=_is_several(line))}"
        case LineKind.NOT_FOUND:
            if not line.requirement:
                return gettext("the index has no package {name}").format(name=line.name)
            text = gettext("the index has no release of {name} that is {requirement}")
            return text.format(name=line.name, requirement=line.requirement)
        case LineKind.UNREADABLE:
            text = gettext("a release of {name} states a requirement that cannot be read: {requirement}")
            return text.format(name=line.name, requirement=repr(line.requirement))
        case LineKind.BREAKS:
            text = _agreeing(
                line,
                noop("{releases} is known to break with {requirement}"),
                noop("{releases} are known to break with {requirement}"),
            )
            return text.format(releases=subject_text(line), requirement=line.requirement)


def relaxation_text(relaxation: Relaxation) -> str:
    """Return a way out as a clause: "change urllib3<1.25 to urllib3<1.27 (then urllib3 1.26.20)"."""
    return join_words([_edit_text(edit) for edit in relaxation.edits])


def ways_out(conflict: ConflictExplanation) -> list[str]:
    """Return the ways out as sentences, the smallest first."""
    texts = [relaxation_text(one) for one in conflict.relaxations]
    first, other = gettext("Way out: {change}."), gettext("Or: {change}.")
    return [(other if at else first).format(change=text) for at, text in enumerate(texts)]


def _edit_text(edit: RequirementEdit) -> str:
    if not edit.after:
        return gettext("leave out {requirement}").format(requirement=edit.before)
    named = not edit.version or edit.after.endswith(f"={edit.version}")
    if named:
        return gettext("change {before} to {after}").format(before=edit.before, after=edit.after)
    text = gettext("change {before} to {after} (then {release})")
    return text.format(before=edit.before, after=edit.after, release=f"{edit.name} {edit.version}")


def _statements(lines: tuple[ConflictLine, ...], target_name: TargetName) -> Iterator[str]:
    """Yield the sentences, those of one subject joined."""

    def subject(line: ConflictLine) -> tuple[object, ...]:
        named = (line.name, line.versions, line.extra) if line.kind is LineKind.NEEDS else (line.kind.value,)
        return (line.kind, line.target, *named)

    for (kind, *_), group in groupby(lines, subject):
        same = list(group)
        if kind is LineKind.UNAVAILABLE:
            place = target_name(same[0].target) or gettext("this target")
            facts = "; ".join(map(line_text, same))
            text = gettext("on {target}, {fact}") if len(same) == 1 else gettext("on {target}: {facts}")
            sentences = [text.format(target=place, fact=facts, facts=facts)]
        elif kind in {LineKind.ASKED, LineKind.NEEDS}:
            rest = [line.requirement for line in same[1:]]
            text = line_text(same[0], lambda _: "")
            place = _on(same[0], target_name)
            sentences = [f"{join_words([text, *rest])}{place}"]
        else:
            sentences = [line_text(line, target_name) for line in same]
        # The name of a package keeps its small letter.
        yield from (f"{one if one.startswith(same[0].name) else one[0].upper() + one[1:]}." for one in sentences)


def _conclusion(conflict: ConflictExplanation) -> str:
    """Return what follows; nothing where the last statement says it."""
    if conflict.lines and conflict.lines[-1].kind is LineKind.NOT_FOUND:
        return ""
    if not conflict.exhausted:
        return gettext("These cannot all hold.")
    return gettext("So no version of {name} is left.").format(name=conflict.exhausted)


def subject_text(line: ConflictLine) -> str:
    """Return the releases that a line is about: "boto3 1.34.0", "all releases of numpy that are left (2.0 to 2.3)"."""
    name = f"{line.name}[{line.extra}]" if line.extra else line.name
    if not line.versions:
        return name
    if line.only and _is_several(line):
        return gettext("all releases of {name}").format(name=name)
    if line.every and _is_several(line):
        text = gettext("all releases of {name} that are left ({versions})")
        return text.format(name=name, versions=range_text(line.versions))
    return f"{name} {range_text(line.versions)}"


def _is_several(line: ConflictLine) -> bool:
    """Return whether the versions of a line are a range or a list: "1.0 to 2.0"."""
    return " " in line.versions


def _agreeing(line: ConflictLine, one: str, several: str) -> str:
    return gettext(several if _is_several(line) else one)


def _on(line: ConflictLine, target_name: TargetName) -> str:
    place = target_name(line.target) if line.target else ""
    return gettext(" on {targets}").format(targets=place) if place else ""
