"""The first account of a new installation."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import transaction

FIRST_NAME = "admin"


def first_account() -> tuple[User | None, bool]:
    """Return the oldest active administrator, and whether it was made just now.

    Made only while there is no account at all: with no password that could be guessed, so that the way in is a
    sign-in link or a password set by `manage.py changepassword`. None when accounts exist and none is an active
    administrator.
    """
    users = get_user_model().objects
    with transaction.atomic():
        if not users.exists():
            # Django stores an unusable password when it is given None.
            return users.create_superuser(FIRST_NAME, f"{FIRST_NAME}@localhost", None), True
    return users.filter(is_superuser=True, is_active=True).order_by("pk").first(), False
