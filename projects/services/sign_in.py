"""Sign-in links: a person who holds one may sign in once, without a password.

A link is its user, the time it was made, and an HMAC over both and over what using it changes (the time of the last
sign-in) or should cancel it (the password). Nothing is stored: the first use makes every older link of that user void.
"""

import re
from datetime import datetime

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

_SALT = "projects.services.sign_in"
_TOKEN = re.compile(r"([0-9]{1,19})-([0-9]{1,11})-([0-9a-f]{64})")


def make_sign_in_link(user: User, *, base_url: str | None = None, now: datetime | None = None) -> str:
    """Return an absolute address that signs `user` in once within SIGN_IN_LINK_SECONDS.

    base_url: scheme and host without a trailing slash; by default settings.PUBLIC_URL.
    """
    moment = int((now or timezone.now()).timestamp())
    token = f"{user.pk}-{moment}-{_signature(user, moment)}"
    return (base_url or settings.PUBLIC_URL) + reverse("sign-in-link", args=[token])


def redeem(token: str, *, now: datetime | None = None) -> User | None:
    """Return the user of a valid link and make the link void; None when it is forged, used, old or its user inactive.

    Of two requests with the same link at the same time one gets the user. The caller signs the user in.
    """
    now = now or timezone.now()
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    moment = int(match[2])
    if not 0 <= now.timestamp() - moment < settings.SIGN_IN_LINK_SECONDS:
        return None
    users = get_user_model().objects
    user = users.filter(pk=int(match[1]), is_active=True).first() if int(match[1]) < 2**63 else None
    if user is None or not constant_time_compare(match[3], _signature(user, moment)):
        return None
    claimed = users.filter(pk=user.pk, last_login=user.last_login, is_active=True)
    if user.last_login is None:
        claimed = users.filter(pk=user.pk, last_login__isnull=True, is_active=True)
    if not claimed.update(last_login=now):
        return None
    user.last_login = now
    return user


def _signature(user: User, moment: int) -> str:
    last = user.last_login.isoformat() if user.last_login else ""
    return salted_hmac(_SALT, f"{user.pk}|{moment}|{last}|{user.password}", algorithm="sha256").hexdigest()
