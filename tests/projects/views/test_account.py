"""The account page, the theme, and times in the zone of the reader."""

import pytest
from django.test import Client

from projects.domain.mail_choices import MailChoice, MailKind
from projects.languages import speak
from projects.services.alerts.preferences import keep_mail_language, mail_choices, mail_language
from tests.cast import Cast
from tests.web import text


def save(client: Client, **changes: str) -> int:
    sent = {"first_name": "Alice", "zone": "Europe/Zurich", "theme": "dark", **changes}
    return client.post("/account/", sent).status_code


def test_name_zone_and_theme_are_saved(alice: Client, cast: Cast) -> None:
    assert save(alice) == 302
    cast.alice.refresh_from_db()
    assert cast.alice.first_name == "Alice"
    html = alice.get("/account/").content.decode()
    assert '<html lang="en" data-theme="dark">' in html
    assert '<option value="Europe/Zurich" selected>' in html


def test_kinds_of_mail_are_chosen_singly(alice: Client, cast: Cast) -> None:
    assert save(alice, **{"mail-push": "at-once", "mail-wheel": "off"}) == 302
    chosen = {kind: choice for kind, choice in mail_choices(cast.alice).items() if choice}
    assert chosen == {MailKind.PUSH: MailChoice.AT_ONCE, MailKind.WHEEL: MailChoice.OFF}
    html = alice.get("/account/").content.decode()
    assert html.count("selected") == 7 + 3
    assert save(alice, **{"mail-push": ""}) == 302
    assert not any(mail_choices(cast.alice).values())


def test_mails_come_in_the_chosen_language_and_in_that_of_the_page_where_none_is_chosen(
    alice: Client, cast: Cast
) -> None:
    assert mail_language(cast.alice) == "en"
    assert save(alice, language="de") == 302
    assert mail_language(cast.alice) == "de"
    assert save(alice, language="en") == 302
    with speak("de"):
        keep_mail_language(cast.alice)
    assert mail_language(cast.alice) == "en"


def test_who_follows_a_project_on_a_german_page_gets_german_mail(alice: Client, cast: Cast) -> None:
    alice.post("/projects/practice-api/follow/", {"cadence": "soon"}, headers={"Accept-Language": "de"})
    assert mail_language(cast.alice) == "de"


def test_times_are_in_the_zone_with_the_exact_utc_time(alice: Client) -> None:
    before = alice.get("/projects/practice-api/")
    assert 'title="2026-03-02 12:00:00 UTC"' in before.content.decode()
    save(alice)
    after = alice.get("/projects/practice-api/", headers={"If-None-Match": before.headers["ETag"]})
    assert 'title="2026-03-02 13:00 CET, 2026-03-02 12:00:00 UTC"' in after.content.decode()


@pytest.mark.parametrize("wrong", [{"zone": "Mars/Olympus"}, {"theme": "plaid"}, {"mail-wheel": "digest"}])
def test_what_is_wrong_is_said_and_what_was_typed_stays(alice: Client, wrong: dict[str, str]) -> None:
    assert save(alice, first_name="Typed", **wrong) == 422
    sent = {"first_name": "Typed", "zone": "UTC", "theme": "dark", **wrong}
    html = alice.post("/account/", sent).content.decode()
    assert 'value="Typed"' in html
    assert 'class="error"' in html


def test_from_the_answer_to_a_form_the_theme_leads_back_to_the_page_of_the_form(alice: Client, cast: Cast) -> None:
    page = f"http://testserver/teams/{cast.project.team.slug}/"
    answer = alice.post(f"{page}invite/", {"email": "no address", "role": "reader"}, headers={"Referer": page})
    assert f'<input type="hidden" name="back" value="{page}">' in answer.content.decode()
    back = alice.post("/theme/", {"theme": "dark", "back": page})
    assert back.headers["Location"] == page


def test_the_theme_is_switched_without_an_account_and_leads_back(client: Client, db: None) -> None:
    answer = client.post("/theme/", {"theme": "light", "back": "/sign-in/?next=/alerts/"})
    assert answer.headers["Location"] == "/sign-in/?next=/alerts/"
    assert 'data-theme="light"' in client.get("/sign-in/").content.decode()
    assert client.post("/theme/", {"theme": "dark", "back": "https://evil.example/"}).headers["Location"] == "/"


@pytest.mark.parametrize("cookie", ["plaid", '"><script>', ""])
def test_a_strange_cookie_is_as_none(client: Client, db: None, cookie: str) -> None:
    client.cookies["wheelway_theme"] = cookie
    client.cookies["wheelway_zone"] = "../../etc/passwd"
    assert '<html lang="en">' in client.get("/sign-in/").content.decode()


def test_a_page_that_does_not_exist_keeps_the_navigation(alice: Client, client: Client) -> None:
    missing = alice.get("/nothing/here/")
    assert missing.status_code == 404
    assert "Portfolio Packages Ecosystem Teams Alerts" in text(missing.content)
    assert "Page not found" in text(client.get("/nothing/here/").content)
