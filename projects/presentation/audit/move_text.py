"""The whole move as a patch with its reasons, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from projects.domain.python_places.moves import MoveReason, PlaceMove
from projects.domain.python_places.values import PlaceRole, PythonPlace
from projects.domain.python_places.whole_move import FileMove, WholeMove
from scanner.domain.translation import gettext, in_english, noop

_REASONS = {
    MoveReason.RUNS: noop("this is the Python that runs"),
    MoveReason.ADMITS: noop("the range leaves the target out"),
    MoveReason.PROMISES: noop("the classifiers do not list the target's Python"),
    MoveReason.TESTS: noop("no test here runs on the target's Python"),
    MoveReason.TOOLS: noop("a tool runs on this Python"),
}


def move_patch(move: WholeMove, *, is_reversed: bool = False) -> str:
    """Return the patch for `git apply`. Above each file stand the reasons in English, as lines that it skips."""
    with in_english():
        return "".join(
            f"# {line}\n" if is_text else line
            for file in (reversed(move.files) if is_reversed else move.files)
            for is_text, line in _file(file, is_reversed=is_reversed)
        )


def move_lines(move: WholeMove, commands: Sequence[str], problems: Sequence[str]) -> list[str]:
    """Return what the patch changes and why, what it leaves to people, and the commands for locks."""
    lines = change_lines(move)
    lines += [f"! {line}" for line in [*hand_lines(move), *problems]]
    lines += [f"then: {command}" for command in commands]
    return lines or ["nothing changes"]


def change_lines(move: WholeMove) -> list[str]:
    """Return what the patch changes and why."""
    return [reason for file in move.files for reason in _reasons(file)]


def hand_lines(move: WholeMove) -> list[str]:
    """Return what the patch leaves to people."""
    return [by_hand_text(one) for one in move.by_hand]


def move_json(move: WholeMove, target: str, verdict: str, commands: Sequence[str], problems: Sequence[str]) -> str:
    """Return the move as JSON, with the patch of each file and the reason of each change."""
    return json.dumps(
        {
            "move": 1,
            "target": target,
            "verdict": verdict,
            "files": [
                {
                    "path": file.path,
                    "requirements": file.is_planned,
                    "changes": [
                        {
                            "line": one.place.line,
                            "kind": one.place.kind.value,
                            "reason": one.reason.value,
                            "from": one.before or None,
                            "to": one.after,
                            "caution": one.caution or None,
                        }
                        for one in file.moves
                    ],
                    "patch": file.patch,
                    "reverse": file.reverse,
                }
                for file in move.files
            ],
            "by_hand": [{"path": one.path, "line": one.line} for one in move.by_hand],
            "commands": list(commands),
            "problems": list(problems),
        },
        indent=2,
    )


def _file(file: FileMove, *, is_reversed: bool) -> Iterator[tuple[bool, str]]:
    yield from ((True, reason) for reason in _reasons(file))
    yield False, file.reverse if is_reversed else file.patch


def _reasons(file: FileMove) -> Iterator[str]:
    if file.is_planned:
        yield f"{file.path}: the versions that the plan for the target needs"
    for one in file.moves:
        yield f"{file.path}:{one.place.line}: {change_text(one)}: {change_reason(one)}"


def by_hand_text(place: PythonPlace) -> str:
    """Return what people have to change themselves."""
    where = f"{place.path}:{place.line}"
    if place.role is PlaceRole.TESTS:
        return gettext("{place}: tests several Pythons one by one: add the new one by hand").format(place=where)
    text = gettext("{place}: {value} is not in the patch: change it by hand")
    return text.format(place=where, value=place.value)


def change_text(one: PlaceMove) -> str:
    """Return what changes at a place: "3.11 → 3.14"."""
    return f"{one.before} → {one.after}" if one.before else f"+ {one.after}"


def change_reason(one: PlaceMove) -> str:
    """Return why a place changes, and what to look for."""
    reason = gettext(_REASONS[one.reason])
    if not one.caution:
        return reason
    text = gettext("{reason}; look whether there is such an image: {image} is old")
    return text.format(reason=reason, image=one.caution)
