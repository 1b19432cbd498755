"""What pages that take uploads share."""

from __future__ import annotations

from django.utils import timezone

from projects.access import HtmxHttpRequest
from projects.client_address import client_address
from projects.services.request_limits import LimitedRequest, count_request


def count_upload(request: HtmxHttpRequest) -> None:
    """Count an upload. Raises TooManyRequests before anything is read."""
    account, address = str(request.user.pk), client_address(request)
    limits = ((LimitedRequest.UPLOAD_ACCOUNT, account), (LimitedRequest.UPLOAD_ADDRESS, address))
    count_request(timezone.now(), *limits)
