"""Rows of real sets that several pages answer: each page says the same."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client
from msgspec import Struct

from projects.domain.permissions import Role
from projects.models import ProjectTarget
from projects.services.assessments.run import assess_snapshot
from projects.services.projects import SAMPLE_FILE
from projects.services.snapshots import take_snapshot
from scanner.index.client import IndexClient
from tests.cast import add_member, bare_project
from tests.replay import ReplayIndex
from tests.web import text

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
LINUX_314 = "cp314-manylinux_2_28_x86_64"
LINUX_315 = "cp315-manylinux_2_28_x86_64"


class Pages(Struct, frozen=True):
    """The pages of one assessed project, as text."""

    client: Client
    target: str

    @classmethod
    def of(cls, content: bytes, target: str, replay: ReplayIndex, client: Client) -> Pages:
        """Assess a requirements file on a target, and sign in who may see it."""
        project = bare_project("App", slug="app")
        ProjectTarget.objects.create(project=project, slug=target, position=0)
        alice = User.objects.create_user("alice")
        add_member(project, alice, Role.READER)
        client.force_login(alice)
        snapshot = take_snapshot(project, {"requirements.txt": content}, ["requirements.txt"], origin="form")
        assess_snapshot(snapshot.pk, NOW, IndexClient(replay.url))
        return cls(client, target)

    def read(self, path: str = "", **query: str) -> str:
        """Return the text of a page of the project; "TARGET" in its path stands for the target."""
        answer = self.client.get(f"/projects/app/{path.replace('TARGET', self.target)}", query)
        assert answer.status_code == 200
        return text(answer.content)


def test_a_yanked_pin_and_the_numbers_of_packages_are_the_same_on_every_page(
    replay: ReplayIndex, client: Client
) -> None:
    pages = Pages.of(SAMPLE_FILE.read_bytes(), LINUX_314, replay, client)
    reason = "yanked (Forgot to drop Python 3.7 from python_requires, see [link])"

    row = re.search(r"email-validator ⊘ yanked direct 2\.1\.0 (.{200})", pages.read(target=LINUX_314))
    assert row is not None
    assert reason in row[1]
    assert "2.1.0.post1" in row[1]
    cell = pages.read("cells/TARGET/email-validator/")
    assert reason in cell
    assert "move to 2.1.0.post1, the next version that installs here" in cell
    report = pages.read("report/TARGET/")
    assert "email-validator 2.1.0 (next: 2.1.0.post1) was withdrawn by the maintainers (yanked)" in report
    assert "Replace the yanked release: email-validator 2.1.0 (next: 2.1.0.post1)" in report

    project = pages.read(target=LINUX_314)
    assert "27 requirements, 63 packages" in project
    for page in (project, report, pages.read("upgrade/TARGET/"), pages.read("when/TARGET/")):
        assert set(re.findall(r"(\d+) of 63 packages need an upgrade", page)) == {"8"}


def test_a_blocked_package_has_one_reason_on_every_page(replay: ReplayIndex, client: Client) -> None:
    pages = Pages.of(b"orjson\n", LINUX_315, replay, client)

    for path in ("", "cells/TARGET/orjson/", "upgrade/TARGET/", "report/TARGET/", "when/TARGET/"):
        page = pages.read(path)
        assert "needs glibc 2.39, target has 2.28" in page.replace("Needs", "needs")
        assert "only source to compile" not in page
