"""What is sent is read outside transactions and within limits; at a limit nothing is stored and the sender is told."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from projects.domain.dependency_files.given_files import PreparedFiles
from projects.models import Project, Snapshot
from projects.models.repository import Delivery, Provider, Repository
from projects.services import reading
from projects.services.projects import create_project
from projects.services.reading import prepare_files
from projects.services.webhooks.process import process
from projects.services.webhooks.receive import find_repository, receive_upload
from tests.cast import bare_project
from tests.projects.sandbox import calls
from tests.signing import sign_upload

MESSAGE = "takes more than 0.2 seconds, the most that this installation allows; nothing was stored."
LIST = "requirements.txt"


@pytest.fixture
def slow(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading never ends, and may take a fifth of a second."""
    settings.WHEELWAY_READ_SECONDS = 0.2
    monkeypatch.setattr(reading, "prepare", calls.wait_for_ever_on)
    monkeypatch.setattr(reading, "read", calls.wait_for_ever_on)


def signed_upload() -> Delivery:
    """Receive a signed upload of one file."""
    project = bare_project("a")
    repository = Repository.objects.create(project=project, provider=Provider.UPLOAD)
    body, now = json.dumps({"files": {LIST: "six\n"}}).encode(), timezone.now()
    signature = sign_upload(repository.rotate_secret(), int(now.timestamp()), body)
    headers = {"Content-Type": "application/json", "X-Wheelway-Signature": signature}
    receive_upload(find_repository(repository.hook_key), headers, "", body, now)
    return Delivery.objects.get()


@pytest.mark.django_db
@pytest.mark.usefixtures("slow")
def test_a_paste_over_the_limit_is_a_problem_on_the_form_and_no_project() -> None:
    client = Client()
    client.force_login(User.objects.create_user("alice"))
    page = client.post("/projects/add/", {"name": "evil", "pasted": "six", "target": "cp313-win_amd64"})
    assert page.status_code == 422
    assert MESSAGE in page.content.decode()
    assert not Project.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("slow")
def test_an_upload_over_the_limit_has_failed_with_the_reason() -> None:
    delivery = signed_upload()
    process(delivery.pk, timezone.now())
    delivery.refresh_from_db()
    assert (delivery.state, delivery.payload) == ("failed", None)
    assert MESSAGE in delivery.reason
    assert not Snapshot.objects.exists()


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("command", ["requirements", "assess"])
def test_a_command_over_the_limit_exits_with_2_and_says_so(command: str, tmp_path: Path) -> None:
    # Commands read small files directly.
    (tmp_path / LIST).write_text("six\n" * 20_000)
    with pytest.raises(CommandError, match=MESSAGE) as refused:
        call_command(command, str(tmp_path / LIST), stdout=StringIO())
    assert refused.value.returncode == 2


@pytest.mark.django_db(transaction=True)
def test_nothing_is_read_within_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def watched(files: dict[str, bytes], roots: list[str], *, for_page: bool) -> PreparedFiles:
        assert not connection.in_atomic_block
        read.extend(roots)
        return prepare_files(files, roots, for_page=for_page)

    monkeypatch.setattr("projects.services.snapshots.prepare_files", watched)
    user = User.objects.create_user("alice")
    create_project(user, "app", {LIST: b"six\n"}, [LIST], targets=[], origin="paste")
    process(signed_upload().pk, timezone.now())
    assert read == [LIST, LIST]
    assert Snapshot.objects.count() == 2


def test_equal_small_files_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(reading, "run_limited", lambda function, files, roots: asked.append(files))
    small, large = {LIST: b"numpy==1.26.4  # asked twice\n"}, {LIST: b"# too long to be kept\n" * 4_000}
    for files in (small, dict(small), {LIST: b"numpy\n"}, large, dict(large)):
        reading.read_stored_files(files, [LIST])
    reading.read_stored_files(small, [])
    assert asked == [small, {LIST: b"numpy\n"}, large, large, small]
