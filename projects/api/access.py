"""Who asks: the key of a request, with the limits on how often it may ask."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from projects.access import HtmxHttpRequest, key_of
from projects.client_address import client_address
from projects.models import ApiKey, Project
from projects.services.api_keys import find_key
from projects.services.request_limits import LimitedRequest, check_limits, count_request, spend_requests

READ_ONLY_KEY = "This key only reads. Make one that also changes things."
ONE_PROJECT_KEY = "This key is for one project only, and creates no other."


class ApiRequest(HtmxHttpRequest):
    """A request with a valid key, whose owner is `user`."""

    api_key: ApiKey


class KeyAuthentication(HttpBearer):
    """The key in the header "Authorization: Bearer ww_…"."""

    openapi_scheme = "bearer"

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        """Return the key and make its owner the user of the request; None, for 401, without a valid one.

        Raises TooManyRequests.
        """
        now = timezone.now()
        refused = (LimitedRequest.API_REFUSED, client_address(request))
        check_limits(now, refused)
        key = find_key(token, now)
        if key is None:
            spend_requests(now, *refused, 1)
            return None
        count_request(now, (LimitedRequest.API_KEY, key.key_id))
        request.user = key.user
        request.api_key = key  # type: ignore[attr-defined]  # ninja passes the plain type
        return key


def require_writing_key(request: HttpRequest, project: Project | None = None) -> None:
    """Raise PermissionDenied for a key that only reads, and without a project for one that is for one project."""
    key = key_of(request)
    if key is None or not key.can_write:
        raise PermissionDenied(READ_ONLY_KEY)
    if project is None and key.project_id is not None:
        raise PermissionDenied(ONE_PROJECT_KEY)
