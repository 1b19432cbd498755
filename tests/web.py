"""Helpers for tests of pages."""

import html
import re


def htmx(target: str = "", trigger: str = "") -> dict[str, str]:
    """The headers of a request by htmx, of the element with this id and for the element with that one."""
    headers = {"HX-Request": "true"}
    if target:
        headers["HX-Target"] = target
    if trigger:
        headers["HX-Trigger"] = trigger
    return headers


def without_tags(page: bytes) -> str:
    """A page on one line without its tags, as it is written: no space takes the place of a tag."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.decode()))


def text(page: bytes) -> str:
    """The text of a page as a reader sees it, on one line."""
    words = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.decode()))).strip()
    return re.sub(r" (?=[.,;:)])", "", words)
