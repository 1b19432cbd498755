"""An archive that a member sends, whole: stored, audited by a job against the assessed set, shown, and deleted."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from projects.domain.permissions import Role
from projects.models import Membership, Snapshot, SourceArchive
from projects.services.audit.uploaded_source import audit_archive
from tests.archives import zip_of
from tests.flows.installation import Installation
from tests.replay import ReplayIndex, a_file
from tests.web import text

pytestmark = pytest.mark.django_db(transaction=True)

SENT = "/projects/app/audit/archive/"


@pytest.fixture
def replay(settings: Any) -> Iterator[ReplayIndex]:
    index = ReplayIndex()
    index.add_package("flask", [a_file("flask-1.0-py3-none-any.whl", members={"flask/__init__.py": b""})])
    with index:
        settings.WHEELWAY_INDEX_URL = index.url
        yield index


@pytest.fixture
def assessed(installed: Installation) -> Installation:
    Membership.objects.update(role=Role.MEMBER)
    installed.push(installed.host.commit({"requirements.txt": "flask\n"}))
    installed.work()
    return installed


def send(installed: Installation, content: bytes) -> str:
    """Send an archive, do the job, and return the page as text."""
    answer = installed.client.post(SENT, {"archive": SimpleUploadedFile("app.zip", content)})
    if answer.status_code != 302:
        return text(answer.content)
    assert audit_archive(SourceArchive.objects.get().pk, timezone.now())
    assert not SourceArchive.objects.exists()
    return text(installed.client.get("/projects/app/audit/").content)


def test_an_archive_is_audited_and_deleted(assessed: Installation) -> None:
    files = {"app-1.0/main.py": "import flask\nimport cgi\n", "app-1.0/Dockerfile": "FROM python:3.11-slim\n"}
    page = send(assessed, zip_of(files))
    assert "Archive app.zip, audited" in page
    assert "main.py:2" in page
    assert "from Dockerfile line 1 (python:3.11-slim)" in page


def test_what_cannot_be_read_is_said(assessed: Installation, settings: Any) -> None:
    assert "it is damaged, or neither a zip nor a tar" in send(assessed, b"no archive")
    settings.UPLOAD_MAX_BYTES = 5
    assert "This archive is larger than 5" in send(assessed, b"no archive")
    assert not SourceArchive.objects.exists()


def test_an_archive_that_ends_its_worker_is_given_up(assessed: Installation) -> None:
    assessed.client.post(SENT, {"archive": SimpleUploadedFile("app.zip", b"x")})
    SourceArchive.objects.update(attempts=3)
    assert not audit_archive(SourceArchive.objects.get().pk, timezone.now())
    assert not SourceArchive.objects.exists()
    assert not hasattr(Snapshot.objects.latest("pk"), "audit")
