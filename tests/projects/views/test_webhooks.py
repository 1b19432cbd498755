"""The two doors as a repository host and a CI job see them."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from projects.models.repository import Delivery, Provider, Repository
from projects.models.sealed import Sealed
from tests.cast import bare_project
from tests.projects.services.webhooks.deliveries import SECRET, push_body, signed
from tests.signing import sign_upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def repository() -> Repository:
    project = bare_project("App", slug="app")
    return Repository.objects.create(
        project=project, clone_url="https://code.example/octo/app.git", secret=Sealed.of(SECRET)
    )


@pytest.fixture
def knock() -> Client:
    """A sender without session and without CSRF token."""
    return Client(enforce_csrf_checks=True)


def post(knock: Client, view: str, key: str, body: bytes, headers: dict[str, str]) -> Any:
    content_type = headers.pop("Content-Type", "application/json")
    return knock.post(reverse(view, args=[key]), data=body, content_type=content_type, headers=headers)


def test_a_signed_push_is_stored_and_answered_with_202(repository: Repository, knock: Client) -> None:
    body = push_body("a" * 40)
    answer = post(knock, "webhook", repository.hook_key, body, signed(body))
    assert (answer.status_code, answer.json()) == (202, {"delivery": "d-1", "state": "pending"})
    assert Delivery.objects.get().commit == "a" * 40
    assert answer.cookies == {}


def test_a_form_encoded_push_is_read_by_its_raw_bytes(repository: Repository, knock: Client) -> None:
    from urllib.parse import urlencode

    body = urlencode({"payload": push_body("a" * 40).decode()}).encode()
    headers = signed(body) | {"Content-Type": "application/x-www-form-urlencoded"}
    assert post(knock, "webhook", repository.hook_key, body, headers).status_code == 202
    assert Delivery.objects.get().state == "pending"


def test_a_ping_is_accepted_and_brings_no_work(repository: Repository, knock: Client) -> None:
    body = b'{"zen": "Keep it simple."}'
    answer = post(knock, "webhook", repository.hook_key, body, signed(body, event="ping"))
    assert (answer.status_code, answer.json()["state"]) == (202, "ignored")


def test_an_unknown_hook_and_a_wrong_signature_get_the_same_answer(repository: Repository, knock: Client) -> None:
    body = push_body("a" * 40)
    wrong = [
        post(knock, "webhook", "no-such-key", body, signed(body)),
        post(knock, "webhook", repository.hook_key, body, signed(body, secret="another")),
        post(knock, "webhook", repository.hook_key, body, {}),
        post(knock, "webhook", repository.hook_key, b"{", signed(body)),
        post(knock, "upload-hook", "no-such-key", body, {}),
        post(knock, "upload-hook", repository.hook_key, body, {"X-Wheelway-Signature": "t=1,v1=x"}),
    ]
    assert {answer.status_code for answer in wrong} == {403}
    assert {answer.content for answer in wrong} == {b'{"error": "refused"}'}
    assert len({str(sorted(answer.headers.items())) for answer in wrong}) == 1
    assert not Delivery.objects.exists()


def test_a_signed_body_that_cannot_be_read_is_told(repository: Repository, knock: Client) -> None:
    answer = post(knock, "webhook", repository.hook_key, b"{", signed(b"{"))
    assert (answer.status_code, answer.json()) == (400, {"error": "the body is not JSON"})


@pytest.mark.parametrize("key", ["no-such-key", None])
@pytest.mark.parametrize("view", ["webhook", "upload-hook"])
def test_a_body_too_large_is_refused_before_anything_else(
    repository: Repository, knock: Client, settings: Any, view: str, key: str | None
) -> None:
    settings.WHEELWAY_HOOK_MAX_BYTES = settings.UPLOAD_MAX_BYTES = 100
    body = push_body("a" * 40)
    answer = post(knock, view, key or repository.hook_key, body, signed(body))
    assert answer.status_code == 413
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_only_post_is_heard(repository: Repository, knock: Client, method: str) -> None:
    for view in ("webhook", "upload-hook"):
        for key in (repository.hook_key, "no-such-key"):
            assert getattr(knock, method)(reverse(view, args=[key])).status_code == 405


def test_a_signed_upload_is_stored_and_answered_with_202(repository: Repository, knock: Client) -> None:
    Repository.objects.update(provider=Provider.UPLOAD, clone_url="")
    body = json.dumps({"files": {"requirements.txt": "numpy\n"}}).encode()
    moment: datetime = timezone.now()
    headers = {"X-Wheelway-Signature": sign_upload(SECRET, int(moment.timestamp()), body), "X-Wheelway-Delivery": "b1"}
    answer = post(knock, "upload-hook", repository.hook_key, body, headers)
    assert (answer.status_code, answer.json()) == (202, {"delivery": "upload:b1", "state": "pending"})
