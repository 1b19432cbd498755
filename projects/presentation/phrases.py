"""Words that every page joins the same way."""

from __future__ import annotations

from collections.abc import Sequence


def count(number: int, noun: str, many: str = "") -> str:
    """ "1 package", "3 packages"."""
    return f"{number} {noun if number == 1 else many or f'{noun}s'}"


def join_words(words: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
