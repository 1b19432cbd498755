"""Logical lines of a requirements file: continuations joined, comments removed, numbered by their first physical line.

The rules are those in pip's documentation of the requirements file format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

_COMMENT_LINE = re.compile(r"\s*#")
# A "#" begins a comment at the start or after white space; "#" inside a word is a URL's fragment.
_COMMENT = re.compile(r"(?:^|(?<=\s))#")


class LogicalLine(Struct, frozen=True):
    """A line: `text` without comment and outer white space; `comment` is what follows "#", stripped.

    A line that holds only a comment has an empty `text`; empty lines are left out.
    """

    number: int
    text: str
    comment: str


def logical_lines(content: str) -> Iterator[LogicalLine]:
    """Yield the logical lines in order. A comment line ends a continuation, as in pip."""
    parts: list[str] = []
    first = 0
    for number, line in enumerate(content.splitlines(), start=1):
        is_comment = _COMMENT_LINE.match(line) is not None
        if line.endswith("\\") and not is_comment:
            if not parts:
                first = number
            parts.append(line.strip("\\"))
            continue
        if parts:
            # The space keeps the "#" of the comment line from joining the word before it.
            parts.append(f" {line}" if is_comment else line)
            yield from _finished(first, "".join(parts))
            parts = []
        else:
            yield from _finished(number, line)
    if parts:
        yield from _finished(first, "".join(parts))


def _finished(number: int, line: str) -> Iterator[LogicalLine]:
    found = _COMMENT.search(line)
    text = line if found is None else line[: found.start()]
    comment = "" if found is None else line[found.end() :]
    if text.strip() or found is not None:
        yield LogicalLine(number, text.strip(), comment.strip())
