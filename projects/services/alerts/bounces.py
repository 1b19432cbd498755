"""Messages that come back: the return path that says of which alert, and the end of an address that does not exist."""

from __future__ import annotations

import re

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from projects.domain.bounces import addresses_in, read_bounce
from projects.domain.failures import RETURNED
from projects.models import Alert, AlertState

_SALT = "projects.services.alerts.bounces"
# Some mail servers write the local part in lower case, so the signature is in hex. 64 characters is its limit.
_SIGNATURE_LENGTH = 24
_TOKEN = re.compile(r"(?P<alert>[1-9][0-9]{0,17})-(?P<signature>[0-9a-f]{24})", re.ASCII)


def return_path(alert: Alert) -> str:
    """Return the address to which a mail server returns an alert (VERP); "" where none is configured.

    Its signature is over the alert and the recipient, so nobody can return what was not sent.
    """
    local, _, domain = settings.WHEELWAY_BOUNCE_ADDRESS.rpartition("@")
    return f"{local}+{alert.pk}-{_signature(alert, settings.SECRET_KEY)}@{domain}" if local else ""


def take_bounce(content: bytes, recipient: str = "") -> str:
    """Take a message that came to a return path. Return what was done, for the log of the mail server.

    After a hard failure the address gets no more alerts until its user verifies it again, and the user sees why.
    `recipient` is the return path; without it the headers say it. May run twice.
    """
    alert = next((one for address in [recipient, *addresses_in(content)] if (one := _alert_of(address))), None)
    if alert is None:
        return "ignored: it did not come to the return path of a message"
    bounce = read_bounce(content)
    if bounce is None:
        return "ignored: it is no report of a failure (RFC 3464)"
    said = " ".join(filter(None, (bounce.status, bounce.reason))) or "without a reason"
    with transaction.atomic():
        Alert.objects.filter(pk=alert.pk).update(state=AlertState.FAILED, error=RETURNED.format(answer=said))
        if bounce.is_hard:
            stop_using_address(alert.subscription.user)
    return f"alert {alert.pk} was returned ({said}); the address {'gets no more alerts' if bounce.is_hard else 'stays'}"


def stop_using_address(user: User) -> None:
    """Let no more alerts be sent to the user's address until the user verifies it again."""
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": False}, create_defaults={"verified": False, "primary": True}
    )


def _alert_of(address: str) -> Alert | None:
    """Return the alert of a return path. None if it is forged, or the recipient has another address by now."""
    local, _, domain = settings.WHEELWAY_BOUNCE_ADDRESS.lower().rpartition("@")
    found_local, _, found_domain = address.strip().strip("<>").lower().rpartition("@")
    if not local or found_domain != domain or not found_local.startswith(f"{local}+"):
        return None
    token = _TOKEN.fullmatch(found_local.removeprefix(f"{local}+"))
    if token is None:
        return None
    alert = Alert.objects.select_related("subscription__user").filter(pk=int(token["alert"])).first()
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if alert is None or not any(constant_time_compare(token["signature"], _signature(alert, key)) for key in keys):
        return None
    return alert


def _signature(alert: Alert, key: str | bytes) -> str:
    signed = f"{alert.pk}:{alert.subscription.user_id}:{alert.subscription.user.email.strip().lower()}"
    return salted_hmac(_SALT, signed, secret=key, algorithm="sha256").hexdigest()[:_SIGNATURE_LENGTH]
