"""The pages that add and change a project."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from projects.domain.permissions import Role
from projects.models import Project, Snapshot, SourceBuilds
from tests.cast import LINUX_313, WINDOWS_313, Cast, role_of
from tests.web import without_tags

pytestmark = pytest.mark.usefixtures("requested")

LIST = "/projects/"
ADD = "/projects/add/"
PAGE = "/projects/practice-api/"
FORM = {"name": "shop", "pasted": "orjson==3.9.15\n", "target": [LINUX_313, WINDOWS_313]}


@pytest.mark.parametrize("path", ["/", LIST, ADD, f"{PAGE}targets/", f"{PAGE}requirements/", "/packages/"])
def test_nobody_gets_in_without_signing_in(client: Client, cast: Cast, path: str) -> None:
    assert client.get(path).headers["Location"] == f"/sign-in/?next={path}"


@pytest.mark.parametrize("path", [f"{PAGE}targets/", f"{PAGE}requirements/"])
def test_readers_may_not_change_a_project_and_strangers_do_not_find_it(
    alice: Client, bob: Client, carol: Client, path: str
) -> None:
    for method in ("get", "post"):
        assert getattr(carol, method)(path).status_code == 404
        refused = getattr(bob, method)(path)
        assert refused.status_code == 403
        assert "can read this project but not change it" in without_tags(refused.content)
    assert alice.get(path).status_code == 200


def test_the_old_address_of_the_list_leads_to_the_portfolio(alice: Client) -> None:
    assert alice.get(LIST).headers["Location"] == "/"


@pytest.mark.django_db(transaction=True)
def test_pasting_requirements_makes_a_project(cast: Cast, alice: Client, requested: list[int]) -> None:
    response = alice.post(ADD, FORM)
    project = Project.objects.get(slug="shop")
    assert response.headers["Location"] == "/projects/shop/"
    assert list(project.targets.values_list("slug", flat=True)) == [LINUX_313, WINDOWS_313]
    assert role_of(project, cast.alice) == Role.MANAGER
    snapshot = project.snapshots.get()
    assert (snapshot.origin, requested) == ("paste", [snapshot.pk])
    assert [row.name for row in snapshot.requirements.all()] == ["orjson"]


def test_pasted_lines_end_as_in_a_file_so_that_a_patch_fits(alice: Client) -> None:
    # Browsers send the text of a form with these line ends.
    assert alice.post(ADD, FORM | {"pasted": "orjson==3.9.15\r\nattrs\r\n"}).status_code == 302
    (file,) = Snapshot.objects.get(project__slug="shop").files.all()
    assert bytes(file.content) == b"orjson==3.9.15\nattrs\n"


def test_several_files_make_a_project_and_what_they_include_is_no_root(alice: Client) -> None:
    files = [
        SimpleUploadedFile("dev.txt", b"-r base.txt\n-c limits.txt\npytest==8.0"),
        SimpleUploadedFile("base.txt", b"orjson"),
        SimpleUploadedFile("limits.txt", b"orjson==3.9.15\nunused==1"),
    ]
    response = alice.post(ADD, {"name": "shop", "target": [LINUX_313], "uploads": files})
    assert response.status_code == 302
    snapshot = Snapshot.objects.get(project__slug="shop")
    assert snapshot.origin == "upload"
    assert {file.path: file.is_root for file in snapshot.files.all()} == {
        "dev.txt": True,
        "base.txt": False,
        "limits.txt": False,
    }


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pasted": "  \n"}, "Paste the lines of a requirements file, or choose a file."),
        ({"name": " "}, "This field is required."),
        ({"target": []}, "Choose at least one target."),
        ({"target": ["cp313-nowhere"]}, "is not a target"),
        ({"target": [], "runtime": ["Windows 10 or 11 on x64"]}, "Choose a Python for the systems that you checked."),
        ({"pasted": "!!! what\n"}, "No requirement could be read, so nothing was stored. requirements.txt:1"),
        (
            {"pasted": "", "uploads": [SimpleUploadedFile("requirements.txt", b"\x7fELF\x00\x00\x01binary\x00" * 50)]},
            "No requirement could be read, so nothing was stored.",
        ),
    ],
)
def test_bad_input_is_told_and_nothing_is_stored(alice: Client, changed: dict[str, Any], said: str) -> None:
    response = alice.post(ADD, {**FORM, **changed})
    assert response.status_code == 422
    assert said in without_tags(response.content).replace("&#x27;", "'")
    assert not Project.objects.filter(slug="shop").exists()


def test_what_was_sent_stays_in_the_form_beside_its_error(alice: Client) -> None:
    page = alice.post(ADD, {**FORM, "name": "", "target": ["cp312-win_arm64"]}).content.decode()
    assert "orjson==3.9.15" in page
    assert re.search(r'value="cp312-win_arm64" checked', page)
    assert not re.search(rf'value="{LINUX_313}" checked', page)


def test_a_paste_of_forty_megabytes_is_refused_with_the_limit(alice: Client) -> None:
    response = alice.post(ADD, {**FORM, "pasted": "x" * 40_000_000})
    assert response.status_code == 413
    assert "up to 5.0 MB in total. Nothing was stored." in without_tags(response.content)


def test_files_that_are_too_large_together_are_refused(alice: Client, settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 100
    response = alice.post(
        ADD, {"name": "shop", "target": [LINUX_313], "uploads": SimpleUploadedFile("r.txt", b"a" * 101)}
    )
    assert response.status_code == 422
    assert "larger than 100 bytes in total" in without_tags(response.content)


@pytest.mark.parametrize("name", ["add", "<b>x</b>", "É", "x" * 80])
def test_any_name_gives_a_page_that_opens(alice: Client, name: str) -> None:
    response = alice.post(ADD, {**FORM, "name": name})
    page = alice.get(response.headers["Location"])
    assert page.status_code == 200
    assert b'<table class="heat">' in page.content
    assert b"<b>x" not in page.content


def test_new_requirements_are_a_new_snapshot(alice: Client, cast: Cast) -> None:
    response = alice.post(f"{PAGE}requirements/", {"pasted": "orjson==3.10.7\n"})
    assert response.headers["Location"] == PAGE
    newest = cast.project.snapshots.order_by("-pk")[0]
    assert [str(row) for row in newest.requirements.all()] == ["orjson==3.10.7"]


def test_new_requirements_that_cannot_be_read_change_nothing(alice: Client, cast: Cast) -> None:
    response = alice.post(f"{PAGE}requirements/", {"pasted": "???\n"})
    assert response.status_code == 422
    assert cast.project.snapshots.count() == 1


@pytest.mark.django_db(transaction=True)
def test_targets_and_policy_are_saved_and_the_project_is_assessed_again(
    alice: Client, cast: Cast, requested: list[int]
) -> None:
    sent = {
        "target": ["cp315-win_amd64", WINDOWS_313],
        "source_builds": "never",
        "minimum_age_days": "7",
        "step": "major",
    }
    response = alice.post(f"{PAGE}targets/", sent)
    assert response.headers["Location"] == PAGE
    cast.project.refresh_from_db()
    # What stays keeps its place.
    assert list(cast.project.targets.values_list("slug", flat=True)) == [WINDOWS_313, "cp315-win_amd64"]
    assert (cast.project.source_builds, cast.project.minimum_age_days) == (SourceBuilds.NEVER, 7)
    assert requested == [cast.project.snapshots.get().pk]


@pytest.mark.parametrize(
    "changed", [{"target": []}, {"minimum_age_days": "-1"}, {"minimum_age_days": "9999"}, {"source_builds": "maybe"}]
)
def test_a_bad_policy_changes_nothing(alice: Client, cast: Cast, changed: dict[str, Any]) -> None:
    sent = {"target": [WINDOWS_313], "source_builds": "never", "minimum_age_days": "7", **changed}
    assert alice.post(f"{PAGE}targets/", sent).status_code == 422
    cast.project.refresh_from_db()
    assert (cast.project.source_builds, cast.project.targets.count()) == (SourceBuilds.PURE, 3)
