"""Answers that a browser stores as a file."""

from __future__ import annotations

from django.http import HttpResponse


def download(text: str, content_type: str, name: str) -> HttpResponse:
    """Return a text as a file of this name, which must be safe in a header."""
    return HttpResponse(
        text, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
