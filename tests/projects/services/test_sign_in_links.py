from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from projects.services.accounts import make_sign_in_link, redeem_sign_in_link

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return User.objects.create_user("alice", "alice@team.example")


def token_of(user: User) -> str:
    return make_sign_in_link(user, base_url="http://127.0.0.1:8000").rstrip("/").rsplit("/", 1)[1]


def test_a_link_is_a_whole_address_below_the_public_one(alice: User) -> None:
    assert make_sign_in_link(alice, base_url="https://w.example").startswith("https://w.example/sign-in/")


def test_a_link_gives_its_user_once(alice: User) -> None:
    token = token_of(alice)
    assert redeem_sign_in_link(token) == alice
    assert redeem_sign_in_link(token) is None


def test_using_one_link_voids_the_others_of_that_user_only(alice: User) -> None:
    bob = User.objects.create_user("bob")
    first, second, of_bob = token_of(alice), token_of(alice), token_of(bob)
    assert redeem_sign_in_link(first) == alice
    assert redeem_sign_in_link(second) is None
    assert redeem_sign_in_link(of_bob) == bob


def test_a_new_link_works_after_one_was_used(alice: User) -> None:
    redeem_sign_in_link(token_of(alice))
    alice.refresh_from_db()
    assert redeem_sign_in_link(token_of(alice)) == alice


def test_a_link_ends_with_its_time(alice: User) -> None:
    now = timezone.now()
    token = token_of(alice)
    assert redeem_sign_in_link(token, now=now + timedelta(days=1, seconds=1)) is None
    assert redeem_sign_in_link(token, now=now + timedelta(hours=23)) == alice


def test_a_link_may_be_valid_for_less(alice: User) -> None:
    now = timezone.now()
    token = make_sign_in_link(alice, valid_for=timedelta(minutes=5), now=now).rstrip("/").rsplit("/", 1)[1]
    assert redeem_sign_in_link(token, now=now + timedelta(minutes=6)) is None
    assert redeem_sign_in_link(token, now=now + timedelta(minutes=4)) == alice


def test_the_command_makes_a_link_of_minutes_and_none_for_a_name_that_is_not_there(alice: User) -> None:
    printed = StringIO()
    call_command("sign-in-link", "alice", stdout=printed)
    token = printed.getvalue().strip().rstrip("/").rsplit("/", 1)[1]
    assert redeem_sign_in_link(token, now=timezone.now() + timedelta(minutes=16)) is None
    assert redeem_sign_in_link(token) == alice
    with pytest.raises(CommandError, match="no active account 'nobody'"):
        call_command("sign-in-link", "nobody")
    with pytest.raises(CommandError, match="from 1 to 1440"):
        call_command("sign-in-link", "alice", minutes=0)


def test_a_new_password_voids_the_link(alice: User) -> None:
    token = token_of(alice)
    alice.set_password("another-one-9")
    alice.save()
    assert redeem_sign_in_link(token) is None


def test_an_inactive_user_cannot_use_a_link(alice: User) -> None:
    token = token_of(alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert redeem_sign_in_link(token) is None


def test_a_link_cannot_be_bent_to_another_user_or_time(alice: User) -> None:
    bob = User.objects.create_user("bob")
    pk, moment, signature = token_of(alice).split("-")
    assert redeem_sign_in_link(f"{bob.pk}-{moment}-{signature}") is None
    assert redeem_sign_in_link(f"{pk}-{int(moment) + 1}-{signature}", now=timezone.now() + timedelta(seconds=5)) is None
    assert redeem_sign_in_link(f"{pk}-{moment}-{'0' * 64}") is None


@given(st.one_of(st.text(), st.from_regex(r"[0-9]{1,25}-[0-9]{1,15}-[0-9a-f]{64}", fullmatch=True)))
def test_no_made_up_token_is_accepted_or_breaks_anything(token: str) -> None:
    assert redeem_sign_in_link(token) is None
