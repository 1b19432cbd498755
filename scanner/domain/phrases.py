"""Counts, agreement and lists in sentences.

A sentence that another language orders in another way is one message of its own (scanner.domain.translation).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from scanner.domain.translation import ENGLISH, gettext, language, ngettext, noop, pgettext


def count(number: int, noun: str, plural: str = "") -> str:
    """Return the number with its noun: "1 package", "3 packages". `plural` is for nouns that do not just add an s.

    The noun is translated as it stands alone: where a language declines it, the sentence is one message instead.
    """
    return f"{number} {ngettext(noun, plural or f'{noun}s', number)}"


def agree(number: int, singular: str, plural: str) -> str:
    """Return the form that agrees with the number, as a verb or pronoun needs: `agree(n, "needs", "need")`.

    It is English only: pages ask `ngettext` for the whole sentence.
    """
    return singular if number == 1 else plural


def grouped(number: float, decimals: int = 0) -> str:
    """Return a number with signs between its thousands and before its decimals: "1,204", "0.5"."""
    text = f"{number:,.{decimals}f}"
    thousands, decimal = pgettext("between thousands", ","), pgettext("before decimals", ".")
    return text.replace(",", "\0").replace(".", decimal).replace("\0", thousands)


def join_words(words: Sequence[str], conjunction: Literal["and", "or"] = "and") -> str:
    """Join words as a list: "a", "a and b", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    if conjunction == "and":
        between = pgettext("between the last words of a list", "and")
    else:
        between = pgettext("between the last words of a list", "or")
    return f"{', '.join(words[:-1])} {between} {words[-1]}"


def join_first(words: Sequence[str], most: int) -> str:
    """Join at most so many words as a list, which ends with the number of the others: "a, b and 3 more"."""
    more = [gettext("{number} more").format(number=len(words) - most)] if len(words) > most else []
    return join_words([*words[:most], *more])


def range_text(stored: str) -> str:
    """Return a range that is stored as "cp37 to cp312", or a list of ranges with commas, as the language says it."""
    if language() == ENGLISH:
        return stored
    between = gettext("{first} to {last}").format(first="", last="").strip()
    return stored.replace(" to ", f" {between} ")


_MONTHS = (
    *(noop("January"), noop("February"), noop("March"), noop("April"), noop("May"), noop("June")),
    *(noop("July"), noop("August"), noop("September"), noop("October"), noop("November"), noop("December")),
)


def day_text(day: date) -> str:
    """Return a day as people write it: "27 November 2026"."""
    month = gettext(_MONTHS[day.month - 1])
    return gettext("{day} {month} {year}").format(day=day.day, month=month, year=day.year)
