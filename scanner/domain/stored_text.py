"""Sentences that were stored in English with what filled their placeholders, said in the language of the page."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from scanner.domain.translation import ENGLISH, gettext, language

__all__ = ["StoredSentences"]


class StoredSentences:
    """Messages whose English texts are stored. Of two that a text may be, the one that is listed first counts.

    The value of a placeholder stays as it is, except for those in `inner`, which are such texts themselves.
    """

    def __init__(self, messages: Sequence[str], inner: Collection[str] = ()) -> None:
        self._patterns = [(re.compile(_pattern(message)), message) for message in messages]
        self._inner = inner

    def say(self, stored: str) -> str:
        """Return a stored text in the language spoken, or as it is: in English, and if it is none of the messages."""
        if language() == ENGLISH or not stored:
            return stored
        for pattern, message in self._patterns:
            if found := pattern.fullmatch(stored):
                return gettext(message).format_map(self._values(found.groupdict()))
        return gettext(stored)

    def _values(self, values: Mapping[str, str]) -> dict[str, str]:
        return {name: self.say(value) if name in self._inner else value for name, value in values.items()}


def _pattern(message: str) -> str:
    """Return a regular expression for the texts of a message with placeholders."""
    return re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(message))
