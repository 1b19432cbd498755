"""How django-allauth fits this application: its adapters, and what counts as a recent sign-in."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from projects.audit_trail import log_own
from projects.client_address import client_address
from projects.domain.logged_action import LoggedAction
from projects.emails import absolute_url
from projects.languages import speak
from projects.presentation.letter_case import sentence_case
from projects.services.alerts.preferences import mail_language
from projects.services.invitations import find_invitation
from projects.sign_in_time import signed_in_at
from scanner.domain.translation import gettext, language
from scanner.sealed import Sealed

INVITATION_KEY = "invitation"


def has_signed_in_recently(request: HttpRequest) -> bool:
    """Return whether the user signed in, or confirmed who they are, within RECENT_SIGN_IN_SECONDS."""
    moments = [signed_in_at(request)]
    moments += [one["at"] for one in request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, ())]
    return bool(time.time() - max(moments) < settings.RECENT_SIGN_IN_SECONDS)


def recent_sign_in_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Have the user confirm who they are before the view changes something, unless they signed in recently.

    What was sent is kept in the session and goes on after that.
    """
    return reauthentication_required(allow_get=True)(view)  # type: ignore[no-any-return]  # allauth has no types


def keep_known_address(user: User) -> None:
    """Store the address that the operator gave an account as a verified one, which allauth then knows."""
    if user.email and not EmailAddress.objects.filter(user=user).exists():
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts are made by invitation; links have the installation's own address."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: there is no page on which anyone makes an account."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that limits count."""
        return client_address(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a message in the language of its recipient; that of the page where none is stored."""
        user = context.get("user")
        with speak(language() if user is None else mail_language(user, language())):
            super().send_mail(template_prefix, email, context)

    def format_email_subject(self, subject: str) -> str:
        """Return the subject of a message in sentence case."""
        return sentence_case(super().format_email_subject(subject))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """Return the absolute address that verifies an e-mail address."""
        return absolute_url(reverse("account_confirm_email", args=[emailconfirmation.key]))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the absolute address at which a new password is chosen."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return absolute_url(path.replace("UID-KEY", key))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return the page of the account."""
        return reverse("account")

    def is_reauthentication_required(self, *, app: str, **kwargs: object) -> bool:
        """Return whether the user must confirm who they are."""
        return not has_signed_in_recently(self.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Return the ways to confirm who one is; an account without any signs in again by a link."""
        found: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return found or [{"id": "link", "description": gettext("Sign in again"), "url": reverse("sign-in-again")}]

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Record the sign-in."""
        records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, ())
        ways = [one.get("provider") or one.get("type") or one["method"] for one in records]
        log_own(request, LoggedAction.SIGNED_IN, f"with {' and '.join(ways)}" if ways else "")
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Leave out that one has signed in, which the page shows."""
        template = args[0] if args else kwargs.get("message_template", "")
        if template not in ("account/messages/logged_in.txt", "account/messages/logged_out.txt"):
            super().add_message(request, level, *args, **kwargs)

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """Record that an account has another address."""
        is_confirmed: bool = super().confirm_email(request, email_address)
        if is_confirmed and request.user.is_authenticated:
            log_own(request, LoggedAction.ADDRESS_CHANGED, email_address.user.get_username())
        return is_confirmed


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Secrets of second factors are encrypted at rest, as all others are."""

    def encrypt(self, text: str) -> str:
        """Return the stored form."""
        return Sealed.of(text).token

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret."""
        return Sealed(encrypted_text).reveal()


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Somebody whom another site knows gets an account by invitation, or if the operator lets everyone in."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Return whether a new account may be made."""
        if settings.WHEELWAY_SOCIAL_SIGN_UP:
            return True
        token = request.session.get(INVITATION_KEY, "")
        return bool(token) and find_invitation(token, timezone.now()) is not None
