"""A signed proof is taken once, and stands on the project's page, its cells and its report until the set changes."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from projects.models import Repository, StoredProof
from projects.models.repository import Provider
from tests.cast import bare_project
from tests.projects.domain.test_received_proof import document
from tests.signing import sign_upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def repository() -> Repository:
    project = bare_project("a")
    return Repository.objects.create(project=project, provider=Provider.UPLOAD)


def send(client: Client, repository: Repository, body: bytes, secret: str) -> Any:
    signature = sign_upload(secret, int(timezone.now().timestamp()), body)
    headers: Any = {"HTTP_X_WHEELWAY_SIGNATURE": signature}
    return client.post(f"/hooks/{repository.hook_key}/proof/", body, content_type="application/json", **headers)


def test_a_signed_proof_is_stored_in_the_place_of_the_last_one(client: Client, repository: Repository) -> None:
    secret = repository.rotate_secret()
    for ran in (False, True):
        answer = send(client, repository, json.dumps(document(ran=ran, imports=[])).encode(), secret)
        assert (answer.status_code, answer.json()["ran"]) == (202, ran)
    (stored,) = StoredProof.objects.all()
    assert stored.ran
    assert stored.content["pins"] == {"orm": "2.0", "helper": "1.0"}


@pytest.mark.parametrize(("secret", "status"), [("wrong", 403), ("", 403)])
def test_a_proof_without_the_secret_is_refused(
    client: Client, repository: Repository, secret: str, status: int
) -> None:
    repository.rotate_secret()
    assert send(client, repository, json.dumps(document()).encode(), secret).status_code == status
    assert not StoredProof.objects.exists()


def test_a_body_that_is_no_proof_is_answered_with_what_is_wrong(client: Client, repository: Repository) -> None:
    answer = send(client, repository, b'{"schema": 1}', repository.rotate_secret())
    assert answer.status_code == 400
    assert "interpreter" in answer.json()["error"]
