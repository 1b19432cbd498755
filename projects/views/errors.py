"""What a request gets that Django refuses before any view sees it."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that is too large says how large it may be; any other bad one gets a plain page."""
    context = {}
    if isinstance(exception, RequestDataTooBig):
        limit = filesizeformat(settings.UPLOAD_MAX_BYTES)
        context = {
            "heading": "That is too large",
            "explanation": f"Wheelway reads requirement files up to {limit} in all. Nothing was stored. "
            "Send only the files that say what you install.",
        }
    elif isinstance(exception, TooManyFieldsSent | TooManyFilesSent):
        context = {
            "heading": "Those are too many at once",
            "explanation": f"At most {settings.DATA_UPLOAD_MAX_NUMBER_FILES} files can be sent together. "
            "Nothing was stored.",
        }
    return render(request, "400.html", context, status=413 if context else 400)
