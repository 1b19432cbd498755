"""The sentences of conflicts: who asks for what, that it cannot hold, and what to change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby

from scanner.domain.phrases import count, join_words
from scanner.domain.resolution.explain.conflict import (
    ConflictExplanation,
    ConflictLine,
    LineKind,
    Relaxation,
    RequirementEdit,
)
from scanner.domain.resolution.explain.sentences import obstacle_text

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
        statements.insert(middle, f"({count(conflict.omitted, 'further fact')} left out.)")
    return list(filter(None, (*statements, _conclusion(conflict))))


def line_text(line: ConflictLine, target_name: TargetName = str) -> str:
    """Return one line as a clause: "boto3 1.34.0 needs botocore>=1.34.0,<1.35.0"."""
    match line.kind:
        case LineKind.ASKED:
            return f"you ask for {line.requirement}{_on(line, target_name)}"
        case LineKind.LIMITED:
            return f"a constraint of yours is {line.requirement}{_on(line, target_name)}"
        case LineKind.NEEDS:
            return f"{subject_text(line)} {_verb(line, 'needs', 'need')} {line.requirement}{_on(line, target_name)}"
        case LineKind.UNAVAILABLE:
            if line.obstacle is None:
                return f"{subject_text(line)} {_verb(line, 'does', 'do')} not install"
            return f"{subject_text(line)} {obstacle_text(line.obstacle, several=_is_several(line))}"
        case LineKind.NOT_FOUND:
            release = f"release of {line.name} that is {line.requirement}" if line.requirement else ""
            return f"the index has no {release or f'package {line.name}'}"
        case LineKind.UNREADABLE:
            return f"a release of {line.name} states a requirement that cannot be read: {line.requirement!r}"
        case LineKind.BREAKS:
            return f"{subject_text(line)} {_verb(line, 'is', 'are')} known to break with {line.requirement}"


def relaxation_text(relaxation: Relaxation) -> str:
    """Return a way out as a clause: "change urllib3<1.25 to urllib3<1.27 (then urllib3 1.26.20)"."""
    return join_words([_edit_text(edit) for edit in relaxation.edits])


def ways_out(conflict: ConflictExplanation) -> list[str]:
    """Return the ways out as sentences, the smallest first."""
    texts = [relaxation_text(one) for one in conflict.relaxations]
    return [f"{'Way out' if at == 0 else 'Or'}: {text}." for at, text in enumerate(texts)]


def _edit_text(edit: RequirementEdit) -> str:
    if not edit.after:
        return f"leave out {edit.before}"
    named = not edit.version or edit.after.endswith(f"={edit.version}")
    return f"change {edit.before} to {edit.after}{'' if named else f' (then {edit.name} {edit.version})'}"


def _statements(lines: tuple[ConflictLine, ...], target_name: TargetName) -> Iterator[str]:
    """Yield the sentences, those of one subject joined."""

    def subject(line: ConflictLine) -> tuple[object, ...]:
        named = (line.name, line.versions, line.extra) if line.kind is LineKind.NEEDS else (line.kind.value,)
        return (line.kind, line.target, *named)

    for (kind, *_), group in groupby(lines, subject):
        same = list(group)
        if kind is LineKind.UNAVAILABLE:
            place = target_name(same[0].target) or "this target"
            sentences = [f"on {place}{', ' if len(same) == 1 else ': '}{'; '.join(map(line_text, same))}"]
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
    return f"So no version of {conflict.exhausted} is left." if conflict.exhausted else "These cannot all hold."


def subject_text(line: ConflictLine) -> str:
    """Return the releases that a line is about: "boto3 1.34.0", "all releases of numpy that are left (2.0 to 2.3)"."""
    name = f"{line.name}[{line.extra}]" if line.extra else line.name
    if not line.versions:
        return name
    if line.only and _is_several(line):
        return f"all releases of {name}"
    if line.every and _is_several(line):
        return f"all releases of {name} that are left ({line.versions})"
    return f"{name} {line.versions}"


def _is_several(line: ConflictLine) -> bool:
    """Return whether the versions of a line are a range or a list: "1.0 to 2.0"."""
    return " " in line.versions


def _verb(line: ConflictLine, singular: str, plural: str) -> str:
    return plural if _is_several(line) else singular


def _on(line: ConflictLine, target_name: TargetName) -> str:
    place = target_name(line.target) if line.target else ""
    return f" on {place}" if place else ""
