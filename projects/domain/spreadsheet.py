"""Texts in a file that somebody opens in a spreadsheet. Pure."""

from __future__ import annotations

# A cell that begins so would be run as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """The text, kept from being run."""
    return f"'{text}" if text.startswith(_FORMULA) else text
