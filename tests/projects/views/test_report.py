"""The report's page."""

import pytest
from django.test import Client

from projects.models import SnapshotFile
from tests.cast import LINUX_314, WINDOWS_313, Cast

PAGE = f"/projects/practice-api/report/{WINDOWS_313}/"
CONTENT = b"aiohttp==1.0\nsqlalchemy==1.0\norjson==1.0\npyyaml==1.0\n"


@pytest.fixture(autouse=True)
def files(cast: Cast) -> None:
    """Store the snapshot's file, and a plan that changes one line of it."""
    snapshot = cast.project.snapshots.get()
    SnapshotFile.objects.create(
        snapshot=snapshot, path="requirements.txt", format="requirements.txt", sha256="0" * 64, content=CONTENT
    )
    change = {"name": "pyyaml", "from": "1.0", "to": "9.0", "direct": True, "size": "major", "why": "no wheel there"}
    snapshot.assessments.get().targets.filter(target=WINDOWS_313).update(
        plan={
            "strategy": "minimal",
            "feasible": True,
            "reason": None,
            "changes": [change],
            "added": [],
            "dropped": [],
            "stuck": [],
            "pins": {"pyyaml": "9.0"},
            "requirements": None,
        }
    )


def test_members_read_it_and_strangers_do_not(client: Client, alice: Client, bob: Client, carol: Client) -> None:
    assert client.get(PAGE).headers["Location"] == f"/sign-in/?next={PAGE}"
    assert carol.get(PAGE).status_code == 404
    assert alice.get(PAGE).status_code == bob.get(PAGE).status_code == 200
    assert alice.get("/projects/practice-api/report/cp39-win32/").status_code == 404
    assert alice.post(PAGE).status_code == 405


def test_the_page_has_the_answer_the_diff_and_the_reachable_pythons(alice: Client) -> None:
    page = alice.get(PAGE).content.decode()

    assert "Can practice-api move to Python 3.13 on Windows x64?" in page
    assert '<span class="minus">-pyyaml==1.0</span>' in page
    assert '<span class="plus">+pyyaml==9.0</span>' in page
    linux = alice.get(f"/projects/practice-api/report/{LINUX_314}/").content.decode()
    assert "Which Python is reachable on this platform" in linux


@pytest.mark.parametrize(("form", "kind"), [("markdown", "text/markdown; charset=utf-8"), ("json", "application/json")])
def test_it_can_be_downloaded(alice: Client, form: str, kind: str) -> None:
    answer = alice.get(PAGE, {"format": form})

    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="practice-api-{WINDOWS_313}.')
    assert b"pyyaml" in answer.content


def test_the_page_and_its_markdown_are_in_the_language_of_the_page_and_the_json_is_english(alice: Client) -> None:
    german = {"Accept-Language": "de"}
    assert '<h2 id="section-1">Wichtigste Ergebnisse</h2>' in alice.get(PAGE, headers=german).content.decode()
    assert "## Checkliste" in alice.get(PAGE, {"format": "markdown"}, headers=german).content.decode()
    assert alice.get(PAGE, {"format": "json"}, headers=german).json()["headline"].startswith("Ready after changes: on")
