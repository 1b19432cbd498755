"""The letter case of texts that come from django-allauth, which writes titles in capitals."""

from __future__ import annotations

import re

from scanner.domain.translation import ENGLISH, language

_CAPITALISED = re.compile(r"(?<=[\s-])\(?[A-Z][a-z]+\b")
# Whatever is a name keeps its capital.
_NAMES = frozenset({"Python", "Wheelway", "Google"})


def sentence_case(text: str) -> str:
    """Return a title in sentence case: "Change Password" as "Change password". Names such as GitHub stay.

    Titles in another language stay as they are.
    """
    if language() != ENGLISH:
        return text
    # White space before the first word does not make it a further one.
    title = text.lstrip()
    lowered = _CAPITALISED.sub(lambda word: word[0] if word[0].lstrip("(") in _NAMES else word[0].lower(), title)
    return text[: len(text) - len(title)] + lowered
