"""Signing in and out."""

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError
from django.test import Client

from projects.services.accounts import make_sign_in_link
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def dora() -> User:
    return User.objects.create_user("dora", "dora@team.example", PASSWORD)


def test_name_and_password_sign_in_and_lead_to_the_page_that_was_asked_for(client: Client, dora: User) -> None:
    asked = client.get("/projects/add/").headers["Location"]
    assert b'value="/projects/add/"' in client.get(asked).content
    response = client.post("/sign-in/", {"username": "dora", "password": PASSWORD, "next": "/projects/add/"})
    assert response.headers["Location"] == "/projects/add/"
    assert client.get("/sign-in/").headers["Location"] == "/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(client: Client, dora: User, elsewhere: str) -> None:
    response = client.post("/sign-in/", {"username": "dora", "password": PASSWORD, "next": elsewhere})
    assert response.headers["Location"] == "/"


def test_a_wrong_password_is_told_and_signs_nobody_in(client: Client, dora: User) -> None:
    response = client.post("/sign-in/", {"username": "dora", "password": "wrong"})
    assert response.status_code == 422
    assert b'role="alert"' in response.content
    assert client.get("/").status_code == 302


def test_the_sign_in_page_says_how_to_get_a_link(client: Client) -> None:
    assert b"Ask the operator of this installation for a sign-in link" in client.get("/sign-in/").content


def test_a_link_asks_first_signs_in_once_and_then_never_again(client: Client, dora: User) -> None:
    path = make_sign_in_link(dora, base_url="")
    assert client.get(path).status_code == 200
    assert client.get("/").status_code == 302
    assert client.post(path).headers["Location"] == "/"
    assert client.get("/").status_code == 200
    other = Client()
    refused = other.post(path)
    assert refused.status_code == 403
    assert b"This sign-in link is not valid" in refused.content
    assert other.get("/").status_code == 302


@pytest.mark.parametrize("fails", ["update_last_login", "save of the session"])
def test_a_link_is_not_spent_by_a_sign_in_that_the_database_refuses(
    dora: User, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    path = make_sign_in_link(dora, base_url="")

    def full(*args: object, **kwargs: object) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        where = SessionStore if fails == "save of the session" else User
        patch.setattr(where, "save", full)
        refused = Client(raise_request_exception=False).post(path)
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "30"
    assert b"a sign-in link that you used is still valid" in refused.content
    assert Client().post(path).headers["Location"] == "/"


def test_signing_out_takes_a_post_and_ends_the_session(client: Client, dora: User) -> None:
    client.force_login(dora)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert client.get("/").status_code == 302


def test_pages_forbid_inline_code_and_frames(client: Client) -> None:
    policy = client.get("/sign-in/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_pages_hold_no_inline_script_or_style(client: Client, dora: User) -> None:
    client.force_login(dora)
    for path in ("/", "/projects/add/", "/packages/", "/alerts/"):
        page = client.get(path).content.decode()
        assert "style=" not in page
        assert "<style" not in page
        assert "hx-on" not in page
        assert page.count("<script") == page.count("<script src=")


def test_a_form_without_its_token_is_refused_with_advice(dora: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/sign-in/", {"username": "dora", "password": PASSWORD})
    assert response.status_code == 403
    assert b"This form has expired" in response.content


def test_unknown_addresses_and_errors_have_pages(client: Client, dora: User) -> None:
    response = client.get("/nothing/here/")
    assert response.status_code == 404
    assert b"Page not found" in response.content
