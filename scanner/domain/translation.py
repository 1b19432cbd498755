"""The language of texts, chosen for a block of code; English, in which the sources are written, unless one is chosen.

Pure code calls `gettext` of this module and does not know the reader's language; code that shows texts enters
`speaking`.
The catalogues are those of `translations/` (docs/languages.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from gettext import NullTranslations
from typing import NamedTuple, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

ENGLISH = "en"


class _Spoken(NamedTuple):
    language: str
    catalogue: NullTranslations | None


_ENGLISH = _Spoken(ENGLISH, None)
_spoken: ContextVar[_Spoken] = ContextVar("spoken", default=_ENGLISH)


@contextmanager
def speaking(language: str, catalogue: NullTranslations | None) -> Iterator[None]:
    """Make texts in this language inside the block; a `catalogue` of None leaves them as the sources have them."""
    token = _spoken.set(_Spoken(language, catalogue))
    try:
        yield
    finally:
        _spoken.reset(token)


def in_english() -> AbstractContextManager[None]:
    """Return a block whose texts are English: what is stored, and what programs read."""
    return speaking(ENGLISH, None)


def language() -> str:
    """Return the code of the language in which texts are made: "en", "de"."""
    return _spoken.get().language


def gettext(message: str) -> str:
    """Return the message in the language spoken; itself in English, and where the catalogue lacks it."""
    catalogue = _spoken.get().catalogue
    return message if catalogue is None or not message else catalogue.gettext(message)


def pgettext(context: str, message: str) -> str:
    """Return the message as it is said in a context: of two meanings of one English word, the one meant."""
    catalogue = _spoken.get().catalogue
    return message if catalogue is None else catalogue.pgettext(context, message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the message that agrees with the number; languages may have other plurals than English."""
    catalogue = _spoken.get().catalogue
    if catalogue is None:
        return singular if number == 1 else plural
    return catalogue.ngettext(singular, plural, number)


def noop(message: str) -> str:
    """Return the message as it is, and mark it for the catalogue: for constants, which `gettext` translates later."""
    return message


def remembered(maxsize: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Return a decorator that keeps a function's newest texts in memory, each language's apart."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @lru_cache(maxsize=maxsize)
        def kept(_language: str, *args: P.args, **kwargs: P.kwargs) -> T:
            return function(*args, **kwargs)

        @wraps(function)
        def text(*args: P.args, **kwargs: P.kwargs) -> T:
            return kept(_spoken.get().language, *args, **kwargs)  # type: ignore[arg-type]  # whose arguments are hashable

        return text

    return decorate
