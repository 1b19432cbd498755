"""Texts of a page that no catalogue has: found by a language whose every message stands in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from gettext import NullTranslations
from html.parser import HTMLParser
from typing import Any

import pytest
from django.utils.translation import trans_real

from projects import languages
from scanner.domain.translation import speaking

OPEN, CLOSE = "⟦", "⟧"
_MARKED = re.compile(rf"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
# The names of the product and of a time zone are the same in every language.
_WORD = re.compile(r"(?!\b(?:Wheelway|UTC)\b)\b[A-Za-z]{2,}")
# What Django writes between a context and its message.
_CONTEXT_SEPARATOR = "\x04"
_SILENT = {"script", "style", "code", "pre", "kbd", "samp", "textarea"}
_READ_ALOUD = ("title", "aria-label", "placeholder", "alt", "aria-description")
# Elements inside of a line of text; a message may hold them.
_INLINE = {"a", "abbr", "b", "bdi", "code", "em", "i", "kbd", "samp", "small", "span", "strong", "sub", "sup", "time"}
_VOID = {"input", "br", "hr", "img", "meta", "link", "wbr", "col", "source"}


class Brackets(NullTranslations):
    """A catalogue that puts each message in brackets, in place of translating it."""

    def gettext(self, message: str) -> str:
        """Return the message in brackets."""
        return f"{OPEN}{message}{CLOSE}"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the form for the number in brackets."""
        return f"{OPEN}{msgid1 if n == 1 else msgid2}{CLOSE}"

    def pgettext(self, context: str, message: str) -> str:
        """Return the message in brackets."""
        return f"{OPEN}{message}{CLOSE}"

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        """Return the form for the number in brackets."""
        return self.ngettext(msgid1, msgid2, n)


class _Django(Brackets):
    """The same in the place of one of Django's catalogues, which are asked for more."""

    def __init__(self, real: Any) -> None:
        super().__init__()
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def gettext(self, message: str) -> str:
        """Return the message in brackets, without the context that Django writes before it."""
        return super().gettext(message.rpartition(_CONTEXT_SEPARATOR)[2])


@contextmanager
def brackets_for_german(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Show every message of pages in German in brackets."""
    made = _Django(trans_real.translation("de"))
    monkeypatch.setitem(trans_real._translations, "de", made)  # type: ignore[attr-defined]
    monkeypatch.setattr(languages, "_catalogue", lambda language: None if language == "en" else Brackets())
    # A name of its own: what is kept of German pages is not theirs.
    monkeypatch.setattr(
        languages, "speaking", lambda language, catalogue: speaking("brackets" if catalogue else language, catalogue)
    )
    yield


class _Texts(HTMLParser):
    """Collects the texts that people see or hear, outside elements that hold code or data."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._line: list[str] = []

    def end_line(self) -> None:
        """Add the line that was read to the texts."""
        self.texts.append("".join(self._line))
        self._line.clear()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _INLINE:
            self.end_line()
        given = dict(attrs)
        silent = tag in _SILENT or given.get("translate") == "no" or self._is_silent()
        if not silent:
            self.texts += [text for name in _READ_ALOUD if (text := given.get(name))]
        if tag not in _VOID:
            self._open.append((tag, silent))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _INLINE:
            self.end_line()
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._is_silent():
            self._line.append(data)

    def _is_silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]


def unmarked_texts(page: str) -> list[str]:
    """Return the texts with words outside brackets, each once."""
    parser = _Texts()
    parser.feed(page)
    parser.end_line()
    found = []
    for text in parser.texts:
        rest = text
        while _MARKED.search(rest):
            rest = _MARKED.sub(" ", rest)
        if _WORD.search(rest):
            found.append(" ".join(text.split()))
    return list(dict.fromkeys(found))
