"""A set is proved by the command and sent to a server: its page says what ran until the set changes."""

import platform
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from projects import jobs
from projects.domain.permissions import Role
from projects.models import Origin, Project, ProjectTarget, StoredProof
from projects.models.repository import Provider, Repository
from projects.services.assessments.run import assess_snapshot
from projects.services.snapshots import take_snapshot
from tests.cast import add_member, bare_project
from tests.commands import environment, manage, migrated
from tests.replay import ReplayIndex, a_file

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.long,
    pytest.mark.skipif(
        sys.platform != "linux" or platform.machine() != "x86_64" or platform.libc_ver()[0] != "glibc",
        reason="the target of this test is glibc Linux on x86-64",
    ),
]
TARGET = f"cp{sys.version_info[0]}{sys.version_info[1]}-manylinux_2_28_x86_64"


@pytest.fixture
def replay(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReplayIndex]:
    monkeypatch.setattr(jobs, "request_assessment", lambda pk: None)
    with ReplayIndex(recorded=False) as index:
        members = {"good/__init__.py": b""}
        index.add_package("good", [a_file(f"good-{version}-py3-none-any.whl", members=members) for version in (1, 2)])
        settings.WHEELWAY_INDEX_URL = index.url
        yield index


def use(project: Project, requirements: str) -> None:
    files = {"requirements.txt": requirements.encode()}
    assess_snapshot(take_snapshot(project, files, list(files), origin=Origin.UPLOAD).pk, timezone.now())


def prove(replay: ReplayIndex, folder: Path, requirements: str, hook: str, secret: str) -> tuple[int, str]:
    (folder / "requirements.txt").write_text(requirements)
    done = manage(
        *("prove", str(folder / "requirements.txt"), "--target", TARGET, "--python", sys.executable, "--upload", hook),
        environment=environment(migrated(folder / "data"), replay.url) | {"WHEELWAY_SECRET": secret},
    )
    return done.returncode, done.stdout + done.stderr


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_a_proof_that_the_command_sends_stands_on_the_page_until_the_set_changes(
    replay: ReplayIndex, live_server: LiveServer, client: Client, tmp_path: Path
) -> None:
    project = bare_project("App", slug="app")
    ProjectTarget.objects.create(project=project, slug=TARGET, position=0)
    reader = User.objects.create_user("alice")
    add_member(project, reader, Role.READER)
    client.force_login(reader)
    repository = Repository.objects.create(project=project, provider=Provider.UPLOAD)
    secret, hook = repository.rotate_secret(), f"{live_server.url}/hooks/{repository.hook_key}/upload/"
    use(project, "good==1\n")

    status, said = prove(replay, tmp_path, "good==1\n", hook, "another secret")
    assert status == 2, said
    assert "answered 403" in said
    assert not StoredProof.objects.exists()

    status, said = prove(replay, tmp_path, "good==1\n", hook, secret)
    assert status == 0, said
    assert "The proof was taken." in said
    ran = f"ran on Python {platform.python_version()}, linux x86_64"
    page = text(client, "/projects/app/")
    assert ran in page
    assert "1 package installed and imported" in page
    assert "the set has changed since" not in page
    place = f"Python {platform.python_version()}, linux x86_64, "
    assert f"its modules were imported on {place}" in text(client, f"/projects/app/cells/{TARGET}/good/")
    report = text(client, f"/projects/app/report/{TARGET}/")
    assert "Every module of the set can be imported" in report
    assert f"ran on {place}" in report

    use(project, "good==2\n")
    page = text(client, "/projects/app/")
    assert ran in page
    assert "the set has changed since" in page
    assert "its modules were imported" not in text(client, f"/projects/app/cells/{TARGET}/good/")
    assert "the last proof is of another set" in text(client, f"/projects/app/report/{TARGET}/")
