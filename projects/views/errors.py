"""Responses to requests that Django rejects before a view runs."""

from __future__ import annotations

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.template.defaultfilters import filesizeformat

from scanner.domain.translation import gettext, language

# Seconds.
_RETRY_AFTER = 30


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page for a bad request. One that is too large says what the limit is."""
    context = {}
    if isinstance(exception, RequestDataTooBig):
        limit = filesizeformat(settings.UPLOAD_MAX_BYTES)
        context = {
            "heading": gettext("The upload is too large"),
            "explanation": gettext(
                "Dependency files may be up to {limit} in total. Nothing was stored. "
                "Send only the files that list your requirements."
            ).format(limit=limit),
        }
    elif isinstance(exception, TooManyFieldsSent | TooManyFilesSent):
        context = {
            "heading": gettext("Too many files"),
            "explanation": gettext("At most {count} files can be sent at once. Nothing was stored.").format(
                count=settings.DATA_UPLOAD_MAX_NUMBER_FILES
            ),
        }
    return render(request, "400.html", context, status=413 if context else 400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Return the page for an error on the server: 503 if the database could not be used, else 500.

    A full disk, a lock that was held for too long and a server that is away leave nothing half stored.
    """
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        headers = {"Retry-After": str(_RETRY_AFTER)}
        return HttpResponse(loader.render_to_string("503.html", {"language": language()}), status=503, headers=headers)
    return HttpResponse(loader.render_to_string("500.html", {"language": language()}), status=500)
