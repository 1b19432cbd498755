"""Texts for requests and comments at repository hosts: Markdown in which nothing of a project's files takes effect."""

from __future__ import annotations

import re
from collections.abc import Iterable

# The smallest limit of a host is 65,536 characters (GitHub); Bitbucket's of a comment is 32,768.
_LONGEST = 30_000
_CUT = "\n\n…\n"
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~#!&])")
# A word joiner behind it: hosts neither call a person nor link a number.
_CALLS = re.compile(r"([@#!])(?=\w)")
_JOINER = "\N{WORD JOINER}"


def plain(text: str) -> str:
    """Return a text of one line as it is shown: no markup, nobody mentioned, no number linked."""
    line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return _SPECIAL.sub(r"\\\1", _CALLS.sub(rf"\1{_JOINER}", line))


def code(text: str) -> str:
    """Return a text as a code span."""
    return f"`{' '.join(text.replace('`', chr(39)).split())}`" if text.strip() else ""


def bullets(lines: Iterable[str], most: int) -> str:
    """Return a list of the first so many lines, with the number of the others."""
    found = list(lines)
    shown = [f"- {line}" for line in found[:most]]
    if len(found) > most:
        shown.append(f"- … and {len(found) - most} more")
    return "\n".join(shown)


def cut(text: str) -> str:
    """Return a text that every host takes."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - len(_CUT)].rpartition("\n")[0] + _CUT
