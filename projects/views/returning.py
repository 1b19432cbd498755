"""Where a form leads back to: the page that it was sent from."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def own_address(request: HttpRequest, asked: str, otherwise: str) -> str:
    """Return an address that a request asks to be led to if it is on this site, else the other one."""
    own = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return asked if own else otherwise


def page_before(request: HttpRequest, otherwise: str) -> str:
    """Return the page that a form names in `back`, which templates/_back.html writes; the other one without it."""
    return own_address(request, request.POST.get("back", ""), otherwise)
