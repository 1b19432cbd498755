"""What users choose for mail: on the account page for all projects, by the link of a message for one; its language."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.db import transaction

from projects.domain.mail_choices import MailChoice, MailKind
from projects.languages import LANGUAGES
from projects.models import MailLanguage, MailPreference, Subscription
from scanner.domain.translation import ENGLISH, language


def mail_choices(user: User) -> dict[MailKind, MailChoice]:
    """Return what the user chose for each kind. One query."""
    stored = MailPreference.objects.filter(user=user, project=None).values_list("kind", "choice")
    chosen = {MailKind(kind): MailChoice(choice) for kind, choice in stored}
    return {kind: chosen.get(kind, MailChoice.USUAL) for kind in MailKind}


@transaction.atomic
def choose_mail(user: User, choices: Mapping[MailKind, MailChoice]) -> None:
    """Store the user's choices for these kinds. Repeating is harmless."""
    for kind, choice in choices.items():
        if choice is MailChoice.USUAL:
            MailPreference.objects.filter(user=user, project=None, kind=kind).delete()
        else:
            MailPreference.objects.update_or_create(user=user, project=None, kind=kind, defaults={"choice": choice})


def turn_off(follow: Subscription, kind: MailKind) -> None:
    """Turn off one kind of message of a followed project, and nothing else. Repeating is harmless."""
    MailPreference.objects.update_or_create(
        user_id=follow.user_id, project_id=follow.project_id, kind=kind, defaults={"choice": MailChoice.OFF}
    )


def is_turned_off(subscription: Subscription, kind: MailKind) -> bool:
    """Return whether the user wants no message of the kind: for all projects, or for that of the subscription."""
    off = MailPreference.objects.filter(user=subscription.user_id, kind=kind, choice=MailChoice.OFF)
    return any(project in (None, subscription.project_id) for project in off.values_list("project", flat=True))


def turn_on_again(follow: Subscription) -> None:
    """Forget what links of messages turned off for the project."""
    MailPreference.objects.filter(user=follow.user_id, project=follow.project_id).delete()


def mail_language(user: User, otherwise: str = ENGLISH) -> str:
    """Return the language of messages to the user; `otherwise` where none is stored. One query."""
    stored = MailLanguage.objects.filter(user=user).values_list("language", flat=True).first()
    return stored if stored in LANGUAGES else otherwise


def choose_mail_language(user: User, chosen: str) -> None:
    """Store the language of messages to the user; an empty one stands for that of the page. Repeating is harmless."""
    MailLanguage.objects.update_or_create(user=user, defaults={"language": chosen or language()})


def keep_mail_language(user: User) -> None:
    """Store the language of the page for messages that the user asks for there, unless one is stored already."""
    if language() != ENGLISH:
        MailLanguage.objects.get_or_create(user=user, defaults={"language": language()})
