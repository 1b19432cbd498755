"""Ways in beyond name and password: second factors, recent sign-in, verified addresses and the first sign-in."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.test import Client

from projects.models import ApiKey, Subscription
from projects.services.accounts import first_account, make_sign_in_link
from projects.services.alerts.preferences import choose_mail_language
from projects.services.alerts.send import AlertNotNeeded, _check_wanted
from tests.cast import PASSWORD, Cast
from tests.web import text

pytestmark = pytest.mark.django_db
KEY = {"name": "ci", "scope": "ro", "project": ""}


@pytest.fixture(autouse=True)
def _no_counts() -> None:
    cache.clear()


def code(secret: str) -> str:
    """Return what an authenticator app shows."""
    return f"{hotp_value(secret, int(time.time()) // 30):06}"


def let_time_pass(client: Client) -> None:
    """Make the sign-in of the client's session one of long ago."""
    session = client.session
    session["signed_in_at"] = time.time() - 4000
    session.save()


def test_a_second_factor_is_asked_for_after_the_password_and_its_code_counts_once(cast: Cast, alice: Client) -> None:
    cast.alice.set_password(PASSWORD)
    cast.alice.save()
    alice.force_login(cast.alice)
    secret = re.search(r"<code>([A-Z2-7]+)</code>", alice.get("/account/factors/totp/activate/").content.decode())
    assert secret is not None
    alice.post("/account/factors/totp/activate/", {"code": code(secret[1])})
    stored = Authenticator.objects.get(user=cast.alice, type="totp")
    assert secret[1] not in str(stored.data)
    cache.clear()
    shown = code(secret[1])
    for is_first in (True, False):
        visitor = Client()
        asked = visitor.post("/sign-in/", {"username": "alice", "password": PASSWORD})
        assert asked.headers["Location"].startswith("/account/factors/authenticate/")
        assert visitor.get("/account/").status_code == 302
        visitor.post("/account/factors/authenticate/", {"code": shown})
        assert (visitor.get("/account/").status_code == 200) is is_first


def test_a_key_is_made_after_a_recent_sign_in_only_and_the_form_goes_on(cast: Cast, alice: Client) -> None:
    cast.alice.set_password(PASSWORD)
    cast.alice.save()
    alice.force_login(cast.alice)
    let_time_pass(alice)
    asked = alice.post("/account/keys/", KEY)
    assert asked.headers["Location"] == "/account/confirm/?next=%2Faccount%2Fkeys%2F"
    assert "password" in text(alice.post(asked.headers["Location"], {"password": "wrong"}).content)
    assert not ApiKey.objects.exists()
    assert "Copy this key now" in text(alice.post(asked.headers["Location"], {"password": PASSWORD}).content)
    assert ApiKey.objects.get().name == "ci"


def test_an_account_with_nothing_to_confirm_with_signs_in_again_by_a_link(cast: Cast, alice: Client) -> None:
    let_time_pass(alice)
    for path in ("/account/keys/", "/projects/practice-api/delete/", "/teams/practice-api/invite/"):
        page = alice.post(path, KEY, follow=True)
        assert "manage.py sign-in-link alice" in text(page.content)
    assert alice.get("/account/keys/").status_code == 200
    alice.post(make_sign_in_link(User.objects.get(pk=cast.alice.pk), base_url=""))
    assert "Copy this key now" in text(alice.post("/account/keys/", KEY).content)


def test_alerts_wait_until_a_new_address_is_verified(cast: Cast, alice: Client) -> None:
    watch = Subscription.objects.create(user=cast.alice, project=cast.project)
    alice.post("/account/address/", {"email": "new@team.example", "action_add": ""})
    assert User.objects.get(pk=cast.alice.pk).email == "alice@team.example"
    link = re.search(r"http://\S+?(/account/address/\S+)", str(mail.outbox[-1].body))
    assert link is not None
    assert mail.outbox[-1].to == ["new@team.example"]
    alice.post(link[1])
    watch.refresh_from_db()
    assert watch.user.email == "new@team.example"
    _check_wanted(watch)
    EmailAddress.objects.update(verified=False)
    with pytest.raises(AlertNotNeeded, match="not verified"):
        _check_wanted(watch)


def test_the_first_account_is_asked_once_for_name_and_address() -> None:
    User.objects.all().delete()
    admin, _ = first_account()
    assert admin is not None
    assert admin.email == ""
    client = Client()
    assert client.post(make_sign_in_link(admin, base_url="")).headers["Location"] == "/account/welcome/"
    client.post("/account/welcome/", {"first_name": "Ada", "email": "ada@team.example"})
    admin.refresh_from_db()
    assert (admin.first_name, admin.email, mail.outbox[-1].to) == ("Ada", "", ["ada@team.example"])
    assert client.post(make_sign_in_link(admin, base_url="")).headers["Location"] == "/"


def test_a_forgotten_password_is_replaced_by_a_mailed_link_and_strangers_learn_nothing(cast: Cast) -> None:
    cast.alice.set_password(PASSWORD)
    cast.alice.save()
    EmailAddress.objects.create(user=cast.alice, email=cast.alice.email, verified=True, primary=True)
    client = Client()
    answers = [
        client.post("/account/forgotten/", {"email": address}).headers["Location"]
        for address in ("alice@team.example", "nobody@team.example")
    ]
    assert len(set(answers)) == len(mail.outbox) == 1
    link = re.search(r"http://\S+?(/account/forgotten/\S+)", str(mail.outbox[-1].body))
    assert link is not None
    form = client.get(link[1]).headers["Location"]
    client.post(form, {"password1": "another strange one", "password2": "another strange one"})
    assert User.objects.get(pk=cast.alice.pk).check_password("another strange one")


def test_the_message_about_a_password_is_in_the_language_of_its_recipient_else_of_the_page(cast: Cast) -> None:
    cast.alice.set_password(PASSWORD)
    cast.alice.save()
    EmailAddress.objects.create(user=cast.alice, email=cast.alice.email, verified=True, primary=True)
    form = {"email": cast.alice.email}
    Client().post("/account/forgotten/", form, headers={"Accept-Language": "de"})
    assert mail.outbox[-1].subject.endswith("Neues Passwort für Wheelway wählen")
    choose_mail_language(cast.alice, "en")
    Client().post("/account/forgotten/", form, headers={"Accept-Language": "de"})
    assert mail.outbox[-1].subject.endswith("Choose a new password for Wheelway")


@pytest.mark.parametrize(
    ("path", "heading", "button"),
    [
        ("/account/password/", "Change the password", "Change the password"),
        ("/account/factors/webauthn/add/", "Add a key", "Add"),
        ("/account/forgotten/", "Choose a new password", "Send the message"),
    ],
)
def test_the_pages_of_an_account_speak_like_the_others(
    cast: Cast, alice: Client, path: str, heading: str, button: str
) -> None:
    cast.alice.set_password(PASSWORD)
    cast.alice.save()
    client = Client() if "forgotten" in path else alice
    client.force_login(cast.alice) if client is alice else None
    html = client.get(path).content.decode()
    assert re.search(rf"<h1>\s*{heading}\s*</h1>", html)
    assert re.search(rf'class="primary"[^>]*>\s*{button}\s*</button>', html)


def test_nobody_makes_an_account_without_an_invitation() -> None:
    assert "closed" in text(Client().get("/account/sign-up/").content).lower()
    Client().post("/account/sign-up/", {"username": "eve", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.filter(username="eve").exists()
