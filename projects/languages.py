"""The languages of pages and mails: which there are, and how a request or a mail is made in one."""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.conf import settings
from django.utils import translation

from scanner.domain.translation import ENGLISH, speaking

LANGUAGES = tuple(code for code, _ in settings.LANGUAGES)


@contextmanager
def speak(language: str) -> Iterator[None]:
    """Make all texts in this language inside the block: those of templates, of Django, and of our own code."""
    with translation.override(language), speaking(language, _catalogue(language)):
        yield


@cache
def _catalogue(language: str) -> gettext.NullTranslations | None:
    """Return the texts of `translations/` in this language; None for English, in which the sources are written."""
    if language == ENGLISH:
        return None
    return gettext.translation("django", settings.LOCALE_PATHS[0], [language])
