"""Text of one line: what may stand in a name, a header or a line of a log."""

from __future__ import annotations

import unicodedata

# Control characters, lone surrogates, private use, unassigned; line and paragraph separators.
_REFUSED = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
# Of the format characters (Cf) those that reorder what is around them; joiners belong to several scripts.
_DIRECTION = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def hidden_characters(text: str) -> tuple[str, ...]:
    """Return the characters that a line may not have, each once as U+XXXX, in order."""
    found = dict.fromkeys(char for char in text if unicodedata.category(char) in _REFUSED or char in _DIRECTION)
    return tuple(f"U+{ord(char):04X}" for char in found)
