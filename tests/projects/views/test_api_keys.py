"""The page of a user's API keys: made and shown once, listed by their beginning, revoked at once."""

import re

from django.test import Client

from projects.models import ApiKey
from tests.cast import Cast
from tests.web import text

PAGE = "/account/keys/"


def made(client: Client, **fields: str) -> str:
    page = client.post(PAGE, {"name": "nightly", "scope": "rw", **fields}).content.decode()
    found = re.search(r"ww_r[ow]_[0-9a-f]{10}_[0-9a-f]{64}", page)
    assert found
    return found[0]


def test_a_key_is_shown_once_and_only_its_digest_is_stored(alice: Client) -> None:
    key = made(alice)
    page = alice.get(PAGE).content.decode()
    assert key not in page
    assert key[:16] in page
    stored = ApiKey.objects.values().get()
    assert not any(key.rpartition("_")[2] in str(value) for value in stored.values())


def test_its_use_is_noted_and_it_ends_when_it_is_revoked(alice: Client, bob: Client) -> None:
    caller = Client(headers={"Authorization": f"Bearer {made(alice)}"})
    assert "never" in text(alice.get(PAGE).content)
    assert caller.get("/api/v1/key").status_code == 200
    assert "never" not in text(alice.get(PAGE).content)
    pk = ApiKey.objects.get().pk
    bob.post(f"{PAGE}{pk}/revoke/")
    assert caller.get("/api/v1/key").status_code == 200
    alice.post(f"{PAGE}{pk}/revoke/")
    assert caller.get("/api/v1/key").status_code == 401


def test_a_key_of_an_account_that_is_closed_is_refused(alice: Client, cast: Cast) -> None:
    caller = Client(headers={"Authorization": f"Bearer {made(alice)}"})
    cast.alice.is_active = False
    cast.alice.save()
    assert caller.get("/api/v1/key").status_code == 401


def test_only_an_own_project_may_be_chosen(carol: Client, alice: Client) -> None:
    assert carol.post(PAGE, {"name": "x", "scope": "ro", "project": "practice-api"}).status_code == 422
    made(alice, project="practice-api")
    assert Client().get(PAGE).status_code == 302
