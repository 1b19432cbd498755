"""Paths and patterns that say which dependency files of a repository belong to a project.

`*` and `?` stand for characters of one name, `**` for any folders; a line that begins with `!` leaves files out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from projects.domain.dependency_files import is_dependency_file

_TOKENS = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")
_MEANINGS = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


class NothingMatches(ValueError):
    """A pattern that names no dependency file; it is the only argument."""


def is_pattern(line: str) -> bool:
    """Return whether a line is more than one path."""
    return line.startswith("!") or "*" in line or "?" in line


def matching_files(lines: Sequence[str], paths: Iterable[str]) -> list[str]:
    """Return the files that the lines name, in their order: a path as it is, a pattern as the dependency files it fits.

    Lines that only leave out files apply to all dependency files. Raises NothingMatches.
    """
    known = sorted(path for path in paths if is_dependency_file(path))
    left_out = [_expression(line[1:]) for line in lines if line.startswith("!")]
    wanted = [line for line in lines if not line.startswith("!")] or ["**"]
    found: dict[str, None] = {}
    for line in wanted:
        if not is_pattern(line):
            found[line] = None
            continue
        fitting = [path for path in known if _expression(line).fullmatch(path)]
        fitting = [path for path in fitting if not any(one.fullmatch(path) for one in left_out)]
        if not fitting:
            raise NothingMatches(line)
        found |= dict.fromkeys(fitting)
    return list(found)


@lru_cache(maxsize=256)
def _expression(pattern: str) -> re.Pattern[str]:
    parts = [_MEANINGS.get(token) or re.escape(token) for token in _TOKENS.findall(pattern)]
    return re.compile("".join(parts))
