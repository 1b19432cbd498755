"""Sign in by name and password or by a one-time link, and sign out."""

from __future__ import annotations

import unicodedata

from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects.access import HtmxHttpRequest
from projects.audit_trail import log_own
from projects.client_address import client_address
from projects.domain.logged_action import LoggedAction
from projects.forms.account import WelcomeForm
from projects.presentation.teams import BY_LINK
from projects.services.accounts import redeem_sign_in_link
from projects.services.request_limits import LimitedRequest, count_request, password_check, take_back
from projects.views.returning import own_address
from scanner.domain.translation import gettext

_BACKEND = "django.contrib.auth.backends.ModelBackend"


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with name and password."""
    target = _safe_next(request)
    if request.user.is_authenticated:
        return redirect(target)
    form = AuthenticationForm(request, data=request.POST if request.method == "POST" else None)
    if request.method == "POST" and _has_password(request, form):
        user = form.get_user()
        record_authentication(request, user, method="password", username=user.get_username())
        # A second factor is asked for before the session is one of the user.
        signed_in: HttpResponse = perform_login(request, user, redirect_url=target)
        return signed_in
    status = 422 if form.is_bound else 200
    return render(request, "registration/sign_in.html", {"form": form, "next": target}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button (GET), which keeps the link valid when a program follows it, or sign in (POST)."""
    if request.method != "POST":
        return render(request, "registration/sign_in_link.html")
    by_address = (LimitedRequest.LINK, client_address(request))
    count_request(timezone.now(), by_address)
    # One transaction with the session, so that a link is spent only by a sign-in that succeeds.
    with transaction.atomic():
        user = redeem_sign_in_link(token)
        if user is not None:
            login(request, user, backend=_BACKEND)
            request.session.save()
            log_own(request, LoggedAction.SIGNED_IN, BY_LINK)
    if user is None:
        return render(request, "registration/sign_in_link.html", {"refused": True}, status=403)
    take_back(by_address)
    return redirect("home" if user.first_name or user.email else "welcome")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def welcome(request: HtmxHttpRequest) -> HttpResponse:
    """Ask for name and address, once: "later" takes the name of the account."""
    user = request.user
    form = WelcomeForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not (form.is_valid() or "later" in request.POST):
        return render(request, "registration/welcome.html", {"form": form}, status=422 if form.is_bound else 200)
    given = {} if "later" in request.POST else form.cleaned_data
    user.first_name = given.get("first_name") or user.first_name or user.get_username()
    user.save(update_fields=["first_name"])
    if given.get("email"):
        EmailAddress.objects.add_new_email(request, user, given["email"])
        text = gettext("Open the link in the message to {address} to get alerts there.")
        messages.success(request, text.format(address=given["email"]))
    return redirect("home")


@require_safe
@login_required
def sign_in_again(request: HtmxHttpRequest) -> HttpResponse:
    """Say how an account without password and second factor signs in again."""
    minutes = settings.RECENT_SIGN_IN_SECONDS // 60
    return render(request, "registration/sign_in_again.html", {"minutes": minutes})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign-in")


def _has_password(request: HttpRequest, form: AuthenticationForm) -> bool:
    """Return whether the form has the name and password of an account. Failures count against the limits.

    Raises TooManyRequests before the password is hashed.
    """
    account = unicodedata.normalize("NFKC", request.POST.get("username", "")).casefold()[:300]
    limits = (
        (LimitedRequest.SIGN_IN_ADDRESS, client_address(request)),
        (LimitedRequest.SIGN_IN_ACCOUNT, account),
    )
    count_request(timezone.now(), *limits)
    with password_check():
        is_valid = form.is_valid()
    if is_valid:
        take_back(*limits)
    return is_valid


def _safe_next(request: HttpRequest) -> str:
    """Return the page to show after signing in: the requested one if it is on this site, else home."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    return own_address(request, asked, reverse("home"))
