"""Signed uploads of dependency files."""

import json
from datetime import timedelta

import pytest

from projects.models import Snapshot
from projects.models.repository import Delivery, Provider, Repository
from projects.services.webhooks.receive import (
    DeliveryAccepted,
    DeliveryInvalid,
    DeliveryRefused,
    find_repository,
    receive_upload,
)
from tests.projects.services.webhooks.deliveries import NOW, SECRET, requirements, upload, work
from tests.signing import sign_upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def uploads(repository: Repository) -> Repository:
    repository.provider, repository.clone_url = Provider.UPLOAD, ""
    repository.save()
    return repository


def test_a_signed_upload_becomes_a_snapshot_and_its_files_are_not_kept_twice(uploads: Repository) -> None:
    files = {"requirements.txt": "-c limits.txt\nnumpy==2.0\n", "limits.txt": {"base64": "bnVtcHk8Mw=="}}
    body = json.dumps({"files": files, "roots": ["requirements.txt"], "commit": "abc1234", "ref": "main"}).encode()
    answer = upload(uploads, body, Delivery="build-1")
    assert isinstance(answer, DeliveryAccepted)
    delivery = work(answer.delivery)
    assert (delivery.state, delivery.commit, delivery.payload) == ("processed", "abc1234", None)
    snapshot = Snapshot.objects.get()
    assert (snapshot.origin, snapshot.commit, snapshot.ref) == ("ci", "abc1234", "main")
    assert "numpy==2.0" in requirements(uploads.project)


def test_one_file_may_be_sent_as_it_is(uploads: Repository) -> None:
    body = b"numpy==2.0\n"
    headers = {"X-Wheelway-Signature": sign_upload(SECRET, int(NOW.timestamp()), body)}
    answer = receive_upload(find_repository(uploads.hook_key), headers, "requirements/prod.txt", body, NOW)
    assert isinstance(answer, DeliveryAccepted)
    work(answer.delivery)
    assert [file.path for file in Snapshot.objects.get().files.all()] == ["requirements/prod.txt"]


def test_the_same_upload_is_stored_once_by_its_id_and_by_its_signed_bytes(uploads: Repository) -> None:
    body = json.dumps({"files": {"requirements.txt": "numpy\n"}}).encode()
    first = upload(uploads, body, Delivery="build-1")
    signed_again = upload(uploads, body, moment=NOW + timedelta(seconds=3), Delivery="build-1")
    replayed = upload(uploads, body, Delivery="build-2")
    assert first.delivery == signed_again.delivery == replayed.delivery
    assert Delivery.objects.count() == 1


def test_an_earlier_upload_does_not_overwrite_a_later_one(uploads: Repository) -> None:
    early, late = (
        upload(uploads, json.dumps({"files": {"requirements.txt": f"numpy=={number}\n"}}).encode()).delivery
        for number in (1, 2)
    )
    work(late)
    assert work(early).reason == "a later one for the same branch took its place"
    assert early.payload is None
    assert requirements(uploads.project) == ["numpy==2"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "the body is not JSON"),
        (b"[]", 'expected an object with "files"'),
        (b'{"files": {}}', "expected 1 to 60 files"),
        (b'{"files": {"../x": ""}}', "a path must be relative to the root of the repository, without . and .."),
        (b'{"files": {"/x": ""}}', "a path must be relative to the root of the repository, without . and .."),
        (b'{"files": {"x": 5}}', 'x must be a string or {"base64": \u2026}'),
        (b'{"files": {"x": {"base64": "?"}}}', "x is not base64"),
        (b'{"files": {"x": ""}, "roots": ["y"]}', '"roots" must list paths of "files"'),
        (b'{"files": {"x": ""}, "commit": "main"}', '"commit" is not usable'),
    ],
)
def test_an_upload_that_is_wrong_is_told_what_to_mend(uploads: Repository, body: bytes, reason: str) -> None:
    assert upload(uploads, body) == DeliveryInvalid(reason)
    assert not Delivery.objects.exists()


def test_an_unproved_upload_changes_nothing(uploads: Repository) -> None:
    body = json.dumps({"files": {"requirements.txt": "numpy\n"}}).encode()
    assert upload(uploads, body, moment=NOW - timedelta(minutes=6)) == DeliveryRefused()
    assert upload(uploads, body, Signature="t=1,v1=" + "0" * 64) == DeliveryRefused()
    assert receive_upload(find_repository("no-such-key"), {}, "", body, NOW) == DeliveryRefused()
    assert not Delivery.objects.exists()


def test_an_upload_without_a_requirement_fails_with_the_place(uploads: Repository) -> None:
    body = json.dumps({"files": {"requirements.txt": "==\n"}}).encode()
    delivery = work(upload(uploads, body).delivery)
    assert delivery.state == "failed"
    assert delivery.reason.startswith("requirements.txt:1: ")
