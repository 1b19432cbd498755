"""Invitations to teams: make, send, revoke and accept them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse

from projects import emails
from projects.domain.logged_action import Actor, LoggedAction
from projects.domain.permissions import ROLE_NAMES, Role
from projects.models import Invitation, Membership, Team
from projects.services.alerts.smtp import SendResult, build_message, message_id, send_message
from projects.services.audit_log import record
from scanner.domain.translation import gettext

VALID_FOR = timedelta(days=7)


class CannotAccept(Exception):
    """An invitation that the account cannot accept; the text says why."""


def invite(team: Team, user: User, role: Role, email: str, actor: Actor, now: datetime) -> tuple[Invitation, str]:
    """Store an invitation. Return it with its token, which cannot be had again."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        made = Invitation.objects.create(
            team=team,
            role=role,
            email=email,
            digest=_digest(token),
            made_by=user,
            made_at=now,
            expires_at=now + VALID_FOR,
        )
        record(actor, LoggedAction.MEMBER_INVITED, email or "by a link", team=team.pk, after=ROLE_NAMES[role], now=now)
    return made, token


def invitation_url(token: str) -> str:
    """Return the absolute URL at which an invitation is accepted."""
    return emails.absolute_url(reverse("invitation", args=[token]))


def send_invitation(invitation: Invitation, token: str, inviter: User) -> SendResult:
    """Send an invitation to its address. It is not retried, since the inviter sees the error."""
    context = emails.invitation(invitation, invitation_url(token), inviter)
    identity = message_id(f"invitation-{invitation.pk}-{invitation.made_at:%Y%m%d%H%M%S%f}")
    return send_message(build_message(emails.render("invitation", context), to=invitation.email, message_id=identity))


def revoke(team: Team, pk: int, actor: Actor, now: datetime) -> bool:
    """Revoke a usable invitation of the team. Return False if there is none."""
    with transaction.atomic():
        found = Invitation.objects.usable(now).filter(team=team, pk=pk).select_for_update().first()
        if found is None:
            return False
        found.revoked_at = now
        found.save(update_fields=["revoked_at"])
        record(actor, LoggedAction.INVITATION_REVOKED, found.email or "by a link", team=team.pk, now=now)
    return True


def find_invitation(token: str, now: datetime) -> Invitation | None:
    """Return the usable invitation of a token, with its team. None for a wrong, used, revoked or expired one."""
    return Invitation.objects.usable(now).filter(digest=_digest(token)).select_related("team", "made_by").first()


def accept(invitation: Invitation, user: User, actor: Actor, now: datetime) -> None:
    """Make the user a member, and end the invitation. Raises CannotAccept, with nothing changed."""
    with transaction.atomic():
        # Of two who use one link at the same time, the second one waits here and finds it used.
        usable = Invitation.objects.usable(now).filter(pk=invitation.pk).select_for_update(of=("self",)).first()
        if usable is None:
            raise CannotAccept(gettext("The invitation was used or revoked in the meantime."))
        if usable.email and usable.email.casefold() != user.email.casefold():
            raise CannotAccept(
                gettext(
                    "The invitation was sent to another e-mail address than that of your account. Sign in with the "
                    "account of that address, or ask for an invitation to yours."
                )
            )
        _, is_new = Membership.objects.get_or_create(team=usable.team, user=user, defaults={"role": usable.role})
        if not is_new:
            raise CannotAccept(gettext("You are a member of this team already."))
        usable.accepted_by, usable.accepted_at = user, now
        usable.save(update_fields=["accepted_by", "accepted_at"])
        role = ROLE_NAMES[Role(usable.role)]
        record(actor, LoggedAction.MEMBER_JOINED, user.get_username(), team=usable.team_id, after=role, now=now)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
