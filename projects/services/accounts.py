"""Accounts: the first account of an installation, and one-time sign-in links.

A sign-in link holds the user, the time at which it ends, and an HMAC over both, over the time of the user's last
sign-in (which using the link changes) and over the password hash (a new password revokes the link). Nothing is stored:
the first use of any link of a user invalidates that user's older ones.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

FIRST_NAME = "admin"
# Part of every signature: changing it would invalidate the links that are out.
_SALT = "projects.services.sign_in until"
_TOKEN = re.compile(r"([0-9]{1,19})-([0-9]{1,11})-([0-9a-f]{64})")


def first_account() -> tuple[User | None, bool]:
    """Return the oldest active administrator, and whether this call created it.

    It is created only while there is no account at all, with an unusable password: its owner signs in by a link, or
    sets a password with `manage.py changepassword`. None if accounts exist and none is an active administrator.
    """
    users = get_user_model().objects
    with transaction.atomic():
        if not users.exists():
            # Django stores an unusable password when it is given None.
            return users.create_superuser(FIRST_NAME, "", None), True
    return users.filter(is_superuser=True, is_active=True).order_by("pk").first(), False


def has_signed_in() -> bool:
    """Return whether an account has signed in at this installation."""
    return get_user_model().objects.filter(last_login__isnull=False).exists()


def make_sign_in_link(
    user: User,
    *,
    base_url: str | None = None,
    valid_for: timedelta | None = None,
    now: datetime | None = None,
) -> str:
    """Return an absolute URL that signs `user` in once, within `valid_for` (by default SIGN_IN_LINK_SECONDS).

    `base_url` is scheme and host without a trailing slash, settings.PUBLIC_URL by default.
    """
    span = timedelta(seconds=settings.SIGN_IN_LINK_SECONDS) if valid_for is None else valid_for
    end = int(((now or timezone.now()) + span).timestamp())
    token = f"{user.pk}-{end}-{_signature(user, end)}"
    return (base_url or settings.PUBLIC_URL) + reverse("sign-in-link", args=[token])


def redeem_sign_in_link(token: str, *, now: datetime | None = None) -> User | None:
    """Return the user of a valid link and invalidate it. None if it is forged, used or expired, or the user inactive.

    Of two concurrent requests with the same link one gets the user. The caller signs the user in, in the same
    transaction: if that fails, the link stays valid.
    """
    now = now or timezone.now()
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    end = int(match[2])
    if now.timestamp() >= end:
        return None
    users = get_user_model().objects
    user = users.filter(pk=int(match[1]), is_active=True).first() if int(match[1]) < 2**63 else None
    if user is None or not constant_time_compare(match[3], _signature(user, end)):
        return None
    unused = users.filter(pk=user.pk, is_active=True)
    if user.last_login is None:
        unused = unused.filter(last_login__isnull=True)
    else:
        unused = unused.filter(last_login=user.last_login)
    if not unused.update(last_login=now):
        return None
    user.last_login = now
    return user


def _signature(user: User, end: int) -> str:
    last = user.last_login.isoformat() if user.last_login else ""
    return salted_hmac(_SALT, f"{user.pk}|{end}|{last}|{user.password}", algorithm="sha256").hexdigest()
