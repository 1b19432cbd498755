"""The line of a file that names the Pythons of a project, changed as a plan needs it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from projects.domain.dependency_files.target_limits import LimitKind
from projects.domain.rewriting.edits import RewriteProblem
from projects.domain.rewriting.limit_changes import LimitChange
from scanner.domain.translation import gettext


def rewrite_python(text: str, path: str, limits: Iterable[LimitChange]) -> tuple[str, tuple[RewriteProblem, ...]]:
    """Return the file with the Pythons that the plan needs, and a problem for each line to be changed by hand."""
    lines = text.splitlines(keepends=True)
    problems = []
    for limit in limits:
        if limit.path != path or limit.is_locked:
            continue
        number = limit.line
        changed = None
        if number is not None and 0 < number <= len(lines) and limit.after is not None:
            changed = _changed(lines[number - 1], limit.before, limit.after)
        if number is None or changed is None:
            if limit.kind is LimitKind.ENVIRONMENTS:
                message = gettext("change the environments that it names, {before}, by hand")
            elif limit.after is None:
                message = gettext("change the Pythons that it names, {before}, by hand")
            else:
                message = gettext("change the Pythons that it names, {before}, to {after} by hand")
            message = message.format(before=repr(limit.before), after=repr(limit.after))
            problems.append(RewriteProblem(path, number, message))
        else:
            lines[number - 1] = changed
    return "".join(lines), tuple(problems)


def _changed(line: str, before: str, after: str) -> str | None:
    """Return the line with the text in quotes replaced, or behind the equals sign that begins it (INI)."""
    for quote in ('"', "'"):
        if f"{quote}{before}{quote}" in line:
            return line.replace(f"{quote}{before}{quote}", f"{quote}{after}{quote}", 1)
    value = re.match(r"[ \t]*python[_-]requires[ \t]*[=:][ \t]*", line)
    if value is not None and line[value.end() :].strip() == before:
        return line[: value.end()] + line[value.end() :].replace(before, after, 1)
    return None
