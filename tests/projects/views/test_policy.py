"""What a project accepts: how far a path may go, what it never touches, and which groups and extras count."""

import re
from typing import Any

import pytest
from django.test import Client
from msgspec.structs import asdict

from projects.models import DemandedGrade, LargestStep, Project, Snapshot, SnapshotFile
from projects.services.projects import offered_groups
from tests.cast import LINUX_313, Cast
from tests.web import without_tags

pytestmark = pytest.mark.usefixtures("requested")

PAGE = "/projects/practice-api/targets/"
FORM: dict[str, Any] = {"target": [LINUX_313], "source_builds": "pure", "minimum_age_days": "0", "step": "major"}
PYPROJECT = b"""
[project]
name = "practice"
dependencies = ["aiohttp"]
[project.optional-dependencies]
fast = ["orjson"]
[dependency-groups]
test = ["pytest"]
fast = ["uvloop"]
[tool.uv]
conflicts = [[{ extra = "fast" }, { group = "test" }]]
"""


@pytest.fixture
def grouped(cast: Cast) -> Cast:
    """The cast, whose newest files have groups and an extra."""
    snapshot = cast.project.snapshots.get()
    SnapshotFile.objects.create(snapshot=snapshot, path="pyproject.toml", sha256="0" * 64, content=PYPROJECT)
    return cast


def test_a_saved_policy_bounds_the_paths_and_has_the_project_assessed_again(
    alice: Client,
    grouped: Cast,
    requested: list[int],
    django_capture_on_commit_callbacks: Any,
) -> None:
    sent = FORM | {
        "step": "minor",
        "demanded_evidence": "declared",
        "holds": "SQLAlchemy\nzope.interface, Ruamel_yaml",
        "groups": ["test"],
    }
    with django_capture_on_commit_callbacks(execute=True):
        assert alice.post(PAGE, sent).status_code == 302
    project = Project.objects.get()
    assert (project.step, project.demanded_evidence) == (LargestStep.MINOR, DemandedGrade.DECLARED)
    assert project.holds == ["ruamel-yaml", "sqlalchemy", "zope-interface"]
    assert project.groups == ["test"]
    assert requested == [project.snapshots.get().pk]
    shown = alice.get(PAGE).content.decode()
    assert "ruamel-yaml\nsqlalchemy\nzope-interface</textarea>" in shown
    assert re.search(r'value="test"[^>]*checked', shown)


@pytest.mark.parametrize("holds", ["sqlalchemy==2.0", "-e .", "näme", "x" * 201])
def test_what_is_no_name_of_a_package_is_refused_with_the_name_and_nothing_is_saved(
    alice: Client, cast: Cast, holds: str
) -> None:
    answer = alice.post(PAGE, FORM | {"holds": f"orjson\n{holds}"})
    assert answer.status_code == 422
    assert "is not a package name. Write names only, without versions." in without_tags(answer.content)
    assert Project.objects.get().holds == []


def test_the_groups_and_extras_of_the_newest_files_are_offered_each_once(alice: Client, grouped: Cast) -> None:
    said = without_tags(alice.get(PAGE).content)
    assert said.count("fast (group)") == said.count("fast (extra)") == 1
    assert said.count("test (group)") == 1
    refused = alice.post(PAGE, FORM | {"groups": ["docs"]})
    assert refused.status_code == 422


def test_of_a_group_and_an_extra_with_one_name_one_can_be_chosen(alice: Client, grouped: Cast) -> None:
    def ticked() -> list[str]:
        return re.findall(r'name="groups" value="([^"]+)"[^>]*checked', alice.get(PAGE).content.decode())

    # What was stored before they could be told apart chose both.
    Project.objects.update(groups=["fast"])
    assert ticked() == ["group:fast", "extra:fast"]
    assert alice.post(PAGE, FORM | {"groups": ["group:fast"]}).status_code == 302
    assert ticked() == Project.objects.get().groups == ["group:fast"]


@pytest.mark.parametrize("is_stored", [False, True], ids=["read again", "stored with the snapshot"])
def test_what_the_files_keep_apart_is_refused_together(alice: Client, grouped: Cast, is_stored: bool) -> None:
    if is_stored:
        offered = offered_groups(grouped.project)
        Snapshot.objects.update(options={"groups": asdict(offered)})
        assert offered_groups(grouped.project) == offered
    answer = alice.post(PAGE, FORM | {"groups": ["extra:fast", "test"]})
    assert answer.status_code == 422
    assert "extra fast and group test: the files declare that they conflict" in without_tags(answer.content)
    assert Project.objects.get().groups == []
    assert alice.post(PAGE, FORM | {"groups": ["group:fast", "test"]}).status_code == 302


def test_a_chosen_group_that_is_gone_from_the_files_can_still_be_unchosen(alice: Client, grouped: Cast) -> None:
    Project.objects.update(groups=["docs", "test"])
    assert "docs (not in the newest files)" in without_tags(alice.get(PAGE).content)
    assert alice.post(PAGE, FORM | {"groups": ["test"]}).status_code == 302
    assert Project.objects.get().groups == ["test"]


def test_files_without_groups_have_nothing_to_choose(alice: Client, cast: Cast) -> None:
    assert "Groups and extras to include" not in without_tags(alice.get(PAGE).content)
    assert alice.post(PAGE, FORM).status_code == 302
    assert Project.objects.get().groups == []


def test_targets_can_be_named_and_an_unknown_name_is_answered_with_the_nearest(alice: Client, cast: Cast) -> None:
    names = "python:3.13-slim\n3.14 on alpine-arm64, ubuntu-24.04\n"
    assert alice.post(PAGE, FORM | {"target": [], "target_names": names}).status_code == 302
    assert list(cast.project.targets.values_list("slug", flat=True)) == [
        "cp313-manylinux_2_41_x86_64",
        "cp314-musllinux_1_2_aarch64",
        "cp312-manylinux_2_39_x86_64",
    ]
    refused = alice.post(PAGE, FORM | {"target_names": "ubunut-24.04"})
    assert refused.status_code == 422
    assert "ubuntu-24.04, ubuntu-22.04 and ubuntu-20.04" in without_tags(refused.content)
