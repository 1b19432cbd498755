"""Messages written to files, for staff of an installation without a mail server."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from csp.decorators import csp_update
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from projects.access import HtmxHttpRequest
from projects.selectors.mailbox import is_in_use, stored_message, stored_messages

# The HTML of a message may use its inline styles, but fetch nothing, run nothing and link nowhere.
_HTML_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"

View = Callable[..., HttpResponseBase]


def _for_staff(view: View) -> View:
    """Restrict a view to staff, since messages contain links of other users. Others get 404."""

    @wraps(view)
    @login_required
    def checked(request: HtmxHttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_staff or not is_in_use():
            raise Http404("no mailbox")
        return view(request, *args, **kwargs)

    return checked


@require_safe
@never_cache
@_for_staff
@csp_update({"frame-src": ["'self'"]})
def mailbox(request: HttpRequest, key: str = "") -> HttpResponse:
    """List the messages, or show one."""
    chosen = stored_message(key) if key else None
    if key and chosen is None:
        raise Http404("no such message")
    context = {"area": "alerts", "mails": stored_messages(), "chosen": chosen}
    return render(request, "projects/mailbox.html", context)


@require_safe
@never_cache
@xframe_options_sameorigin
@_for_staff
def mailbox_html(request: HttpRequest, key: str) -> HttpResponse:
    """Return the HTML part of one message, for the frame of its page."""
    chosen = stored_message(key)
    if chosen is None:
        raise Http404("no such message")
    return HttpResponse(chosen.html, headers={"Content-Security-Policy": _HTML_POLICY})
