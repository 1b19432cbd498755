"""When the user of a session signed in, by whatever way."""

from __future__ import annotations

import time

from django.http import HttpRequest

_KEY = "signed_in_at"


def note_sign_in(sender: object, request: HttpRequest, **kwargs: object) -> None:
    """Keep the time in the session. A receiver of `user_logged_in`, which every way in sends."""
    request.session[_KEY] = time.time()


def signed_in_at(request: HttpRequest) -> float:
    """Return the time in seconds since 1970, 0 where it is not known."""
    moment: float = request.session.get(_KEY, 0.0)
    return moment
