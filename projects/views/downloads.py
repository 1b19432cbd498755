"""Answers that a browser stores as a file, and the language that they are in."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

from django.http import HttpResponse

from scanner.domain.translation import ENGLISH, in_english


def language_of_format(form: str | None) -> AbstractContextManager[None]:
    """Return a block in which a download of this format is made: JSON in English, all else as the page is."""
    return in_english() if form == "json" else nullcontext()


def download(text: str, content_type: str, name: str, *, is_english: bool = False) -> HttpResponse:
    """Return a text as a file of this name, which must be safe in a header; `is_english` in every language."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if is_english:
        headers["Content-Language"] = ENGLISH
    return HttpResponse(text, content_type=content_type, headers=headers)
