"""Responses to requests that Django rejects before a view runs."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page for a bad request. One that is too large says what the limit is."""
    context = {}
    if isinstance(exception, RequestDataTooBig):
        limit = filesizeformat(settings.UPLOAD_MAX_BYTES)
        context = {
            "heading": "The upload is too large",
            "explanation": f"Dependency files may be up to {limit} in total. Nothing was stored. "
            "Send only the files that list your requirements.",
        }
    elif isinstance(exception, TooManyFieldsSent | TooManyFilesSent):
        context = {
            "heading": "Too many files",
            "explanation": f"At most {settings.DATA_UPLOAD_MAX_NUMBER_FILES} files can be sent at once. "
            "Nothing was stored.",
        }
    return render(request, "400.html", context, status=413 if context else 400)
