import pytest
from django.contrib.auth.models import User

from projects.services.accounts import first_account

pytestmark = pytest.mark.django_db


def test_the_first_account_is_made_once_and_without_a_password() -> None:
    user, is_new = first_account()
    assert is_new
    assert user is not None
    assert user.is_superuser
    assert not user.has_usable_password()
    assert first_account() == (user, False)


def test_no_account_is_made_beside_others() -> None:
    User.objects.create_user("alice")
    assert first_account() == (None, False)


def test_an_inactive_administrator_is_passed_over() -> None:
    User.objects.create_superuser("gone", is_active=False)
    kept = User.objects.create_superuser("kept")
    assert first_account() == (kept, False)
