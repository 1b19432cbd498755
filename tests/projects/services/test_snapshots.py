"""Taking a snapshot and making a project: everything or nothing, and the assessment asked for after the commit."""

import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoCaptureOnCommitCallbacks

from projects.domain.permissions import Role
from projects.models import Origin, Project, Snapshot
from projects.services.projects import create_project, create_sample_project
from projects.services.snapshots import NothingToRead, take_snapshot
from tests.cast import bare_project, role_of

pytestmark = pytest.mark.django_db

FILE = {"requirements.txt": b"six==1.16.0\n# a comment\nnot a requirement at all\nattrs>=23 ; python_version < '4'\n"}


@pytest.fixture
def alice() -> User:
    return User.objects.create_user("alice", "alice@team.example")


@pytest.fixture
def project() -> Project:
    return bare_project("practice")


def test_a_snapshot_keeps_the_bytes_the_requirements_and_what_could_not_be_read(project: Project) -> None:
    snapshot = take_snapshot(project, FILE, ["requirements.txt"], origin=Origin.PASTE)
    (file,) = snapshot.files.all()
    assert bytes(file.content) == FILE["requirements.txt"]
    assert [(row.name, row.specifier, row.line) for row in snapshot.requirements.all()] == [
        ("six", "==1.16.0", 1),
        ("attrs", ">=23", 4),
    ]
    assert [problem["line"] for problem in snapshot.problems] == [3]


def test_files_that_hold_nothing_but_problems_are_refused_and_nothing_is_stored(project: Project) -> None:
    with pytest.raises(NothingToRead) as refused:
        take_snapshot(project, {"requirements.txt": b"what is this\n"}, ["requirements.txt"], origin=Origin.PASTE)
    assert "requirements.txt:1" in str(refused.value)
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize("content", [b"", b"# nothing yet\n", b"-c constraints.txt\n"])
def test_files_that_ask_for_no_package_are_refused(project: Project, content: bytes) -> None:
    files = {"requirements.txt": content, "constraints.txt": b"six<2\n"}
    with pytest.raises(NothingToRead, match=r"requirements\.txt: it asks for no package"):
        take_snapshot(project, files, ["requirements.txt"], origin=Origin.PASTE)


def test_an_include_is_stored_with_the_file_that_names_it(project: Project) -> None:
    files = {"requirements/dev.txt": b"-r base.txt\npytest\n", "requirements/base.txt": b"six\n"}
    snapshot = take_snapshot(project, files, ["requirements/dev.txt"], origin=Origin.CI, commit="4c5feec")
    assert {(file.path, file.is_root) for file in snapshot.files.all()} == {
        ("requirements/dev.txt", True),
        ("requirements/base.txt", False),
    }
    assert {row.source for row in snapshot.requirements.all()} == {"requirements/dev.txt", "requirements/base.txt"}


def test_the_assessment_is_asked_for_once_the_snapshot_is_committed(
    project: Project,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    requested: list[int],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        snapshot = take_snapshot(project, FILE, ["requirements.txt"], origin=Origin.PASTE)
        assert requested == []
    assert requested == [snapshot.pk]


def test_equal_files_have_equal_digests_and_others_have_not(project: Project) -> None:
    first = take_snapshot(project, FILE, ["requirements.txt"], origin=Origin.PASTE)
    second = take_snapshot(project, FILE, ["requirements.txt"], origin=Origin.PUSH)
    third = take_snapshot(project, {"requirements.txt": b"six\n"}, ["requirements.txt"], origin=Origin.PUSH)
    assert first.digest == second.digest != third.digest


def test_a_new_project_has_its_owner_its_targets_in_order_and_a_snapshot(alice: User) -> None:
    slugs = ["cp313-win_amd64", "cp312-win_amd64", "cp313-win_amd64"]
    project = create_project(alice, "Café API", FILE, ["requirements.txt"], targets=slugs, origin=Origin.PASTE)
    assert project.slug == "cafe-api"
    assert role_of(project, alice) == Role.OWNER
    assert [target.slug for target in project.targets.all()] == ["cp313-win_amd64", "cp312-win_amd64"]
    assert project.snapshots.count() == 1


def test_two_projects_of_one_name_get_two_addresses(alice: User) -> None:
    made = [
        create_project(alice, "api", FILE, ["requirements.txt"], targets=["cp313-win_amd64"], origin=Origin.PASTE)
        for _ in range(2)
    ]
    assert [project.slug for project in made] == ["api", "api-2"]


def test_a_project_whose_files_are_refused_leaves_nothing_behind(alice: User) -> None:
    with pytest.raises(NothingToRead):
        create_project(
            alice, "api", {"x.txt": b"\x00\x01"}, ["x.txt"], targets=["cp313-win_amd64"], origin=Origin.UPLOAD
        )
    assert not Project.objects.exists()


def test_the_sample_is_loaded_once_and_only_into_an_empty_installation(alice: User) -> None:
    sample = create_sample_project(alice)
    assert sample is not None
    assert sample.snapshots.get().requirements.count() == 27
    assert sample.targets.count() == 36
    assert create_sample_project(alice) is None


@pytest.mark.parametrize(("chosen", "expected"), [([], ["dev"]), (["docs"], ["docs"])])
def test_the_first_files_choose_the_groups_that_their_tool_installs_unless_some_are_chosen(
    project: Project, chosen: list[str], expected: list[str]
) -> None:
    project.groups = chosen
    project.save()
    text = b'[project]\nname = "app"\nversion = "1"\ndependencies = ["six"]\n[dependency-groups]\n'
    uv = {"pyproject.toml": text + b'dev = ["attrs"]\ndocs = ["idna"]\n[tool.uv]\n'}
    take_snapshot(project, uv, list(uv), origin=Origin.PASTE)
    assert Project.objects.get(pk=project.pk).groups == expected
    Project.objects.update(groups=[])
    take_snapshot(Project.objects.get(pk=project.pk), uv, list(uv), origin=Origin.PASTE)
    assert Project.objects.get(pk=project.pk).groups == []
