"""Limits on how often an address or an account may ask for something that costs much.

The counts are rows of the database, so that they hold in every process of an installation. A request over a limit
costs one read.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from threading import BoundedSemaphore

from django.conf import settings
from django.db.models import F
from django.utils.crypto import salted_hmac

from projects.models import RequestCount

_SALT = "projects.services.request_limits"
# Passwords that a process checks at a time: each takes a processor for most of a second.
_PASSWORD_CHECKS = 2
_PASSWORD_PATIENCE = 3.0
_password_checks = BoundedSemaphore(_PASSWORD_CHECKS)


class LimitedRequest(StrEnum):
    """What is limited; the value is the name in settings.WHEELWAY_REQUEST_LIMITS."""

    SIGN_IN_ADDRESS = "sign-in, by address"
    SIGN_IN_ACCOUNT = "sign-in, by account"
    LINK = "sign-in links, by address"
    INVITE = "invitations, by account"
    TEST_MESSAGE = "test messages, by account"
    REFUSED_DELIVERY = "refused deliveries, by address and hook"
    DELIVERY = "deliveries, by hook"
    UPLOAD_ACCOUNT = "uploads, by account"
    UPLOAD_ADDRESS = "uploads, by address"
    SIGNED_UPLOAD = "signed uploads, by hook"
    API_KEY = "API requests, by key"
    API_REFUSED = "refused API requests, by address"
    INDEX = "requests to indexes, by project"


class TooManyRequests(Exception):
    """A request over a limit; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


def check_limits(now: datetime, *limits: tuple[LimitedRequest, str]) -> None:
    """Raise TooManyRequests if one of the limits is reached, without counting. One query."""
    keys = {_key(kind, subject): settings.WHEELWAY_REQUEST_LIMITS[kind] for kind, subject in limits}
    for key, count, ends_at in RequestCount.objects.running(keys, now):
        rate = keys[key]
        span = timedelta(seconds=rate.seconds)
        if rate.most and count >= rate.most and ends_at <= now + span:
            raise _too_many(ends_at, now)


def count_request(now: datetime, *limits: tuple[LimitedRequest, str]) -> None:
    """Count a request against each of the limits. Raise TooManyRequests, with nothing counted, if one is reached."""
    check_limits(now, *limits)
    for kind, subject in limits:
        rate = settings.WHEELWAY_REQUEST_LIMITS[kind]
        if not rate.most:
            continue
        count, ends_at = RequestCount.objects.add(_key(kind, subject), now, timedelta(seconds=rate.seconds))
        # Several at once may all have passed the check.
        if count > rate.most:
            raise _too_many(ends_at, now)


def take_back(*limits: tuple[LimitedRequest, str]) -> None:
    """Take back the count of one request that turned out to be harmless."""
    keys = [_key(kind, subject) for kind, subject in limits]
    RequestCount.objects.filter(key__in=keys, count__gt=0).update(count=F("count") - 1)


def requests_left(now: datetime, kind: LimitedRequest, subject: str) -> int | None:
    """Return how many requests are left in the span, None without a limit. One query."""
    rate = settings.WHEELWAY_REQUEST_LIMITS[kind]
    if not rate.most:
        return None
    row = RequestCount.objects.filter(key=_key(kind, subject), ends_at__gt=now).first()
    return max(0, rate.most - row.count) if row is not None else rate.most


def spend_requests(now: datetime, kind: LimitedRequest, subject: str, amount: int) -> None:
    """Count requests that were made."""
    rate = settings.WHEELWAY_REQUEST_LIMITS[kind]
    if rate.most and amount:
        RequestCount.objects.add(_key(kind, subject), now, timedelta(seconds=rate.seconds), amount)


@contextmanager
def password_check() -> Iterator[None]:
    """Limit how many passwords this process checks at a time. Raises TooManyRequests if it has to wait for long."""
    if not _password_checks.acquire(timeout=_PASSWORD_PATIENCE):
        raise TooManyRequests(math.ceil(_PASSWORD_PATIENCE))
    try:
        yield
    finally:
        _password_checks.release()


def _too_many(end: datetime, now: datetime) -> TooManyRequests:
    return TooManyRequests(max(1, math.ceil((end - now).total_seconds())))


def _key(kind: LimitedRequest, subject: str) -> str:
    # A digest: neither addresses nor the names that were tried are stored.
    return salted_hmac(_SALT, f"{kind}|{subject}", algorithm="sha256").hexdigest()
