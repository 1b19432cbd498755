"""Helpers for tests of pages."""

import html
import re


def text(page: bytes) -> str:
    """The text of a page as a reader sees it, on one line."""
    words = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.decode()))).strip()
    return re.sub(r" (?=[.,;:)])", "", words)
