"""The page of an invitation: join a team with one's own account, or with a new one."""

from __future__ import annotations

from allauth.account.internal.flows.email_verification import send_verification_email_to_address
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from projects.access import actor_of
from projects.client_address import client_address
from projects.domain.logged_action import Actor, LoggedAction
from projects.domain.permissions import Role, role_name
from projects.forms.teams import NewAccountForm
from projects.models import Invitation
from projects.services import invitations
from projects.services.audit_log import record
from projects.services.request_limits import LimitedRequest, count_request, password_check, take_back
from projects.ways_in import INVITATION_KEY
from scanner.domain.translation import gettext

_BACKEND = "django.contrib.auth.backends.ModelBackend"


@sensitive_post_parameters("password1", "password2")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show the team and the role (GET), which keeps the link valid when a program follows it, or accept (POST)."""
    limit = (LimitedRequest.LINK, client_address(request))
    count_request(timezone.now(), limit)
    found = invitations.find_invitation(token, timezone.now())
    if found is None:
        return render(request, "teams/invitation.html", {"refused": True}, status=404)
    take_back(limit)
    # Somebody whom another site knows may make an account for it.
    request.session[INVITATION_KEY] = token
    if request.user.is_authenticated:
        return _join(request, found)
    return _join_as_new(request, found)


def _join(request: HttpRequest, found: Invitation) -> HttpResponse:
    if request.method != "POST" or not request.user.is_authenticated:
        return _page(request, found)
    try:
        invitations.accept(found, request.user, actor_of(request), timezone.now())
    except invitations.CannotAccept as error:
        return _page(request, found, error=str(error), status=409)
    messages.success(request, gettext("Welcome to {team}.").format(team=found.team.name))
    return redirect("home")


def _join_as_new(request: HttpRequest, found: Invitation) -> HttpResponse:
    form = NewAccountForm(request.POST if request.method == "POST" else None, address=found.email)
    if not form.is_bound or not form.is_valid():
        return _page(request, found, form=form, status=422 if form.is_bound else 200)
    with password_check():
        user = form.save(commit=False)
    try:
        with transaction.atomic():
            user.save()
            actor = Actor(user.pk, user.get_username(), client_address(request))
            record(actor, LoggedAction.ACCOUNT_MADE, user.get_username(), team=found.team_id)
            invitations.accept(found, user, actor, timezone.now())
            if user.email:
                # Who has a mailed link reads the mail of its address.
                is_verified = bool(found.email)
                EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=is_verified)
    except invitations.CannotAccept as error:
        return _page(request, found, form=form, error=str(error), status=409)
    login(request, user, backend=_BACKEND)
    if user.email and not found.email:
        send_verification_email_to_address(request, EmailAddress.objects.get(user=user))
    messages.success(request, gettext("Welcome to {team}.").format(team=found.team.name))
    return redirect("home")


def _page(
    request: HttpRequest, found: Invitation, *, form: NewAccountForm | None = None, error: str = "", status: int = 200
) -> HttpResponse:
    inviter = found.made_by
    context = {
        "team": found.team.name,
        "role": role_name(Role(found.role)),
        "inviter": inviter.first_name or inviter.get_username() if inviter is not None else "",
        "email": found.email,
        "expires_at": found.expires_at,
        "form": form,
        "error": error,
    }
    return render(request, "teams/invitation.html", context, status=status)
