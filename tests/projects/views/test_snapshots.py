"""The snapshots of a project: listed, shown without credentials, and compared."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from projects.models import Snapshot, SnapshotFile, SnapshotSource
from tests.cast import Cast, take_snapshot_of
from tests.web import text

LIST = "/projects/practice-api/snapshots/"


def with_file(snapshot: Snapshot, content: str, path: str = "requirements.txt") -> Snapshot:
    SnapshotFile.objects.create(snapshot=snapshot, path=path, sha256="0" * 64, content=content.encode())
    return snapshot


@pytest.fixture
def two(cast: Cast) -> tuple[Snapshot, Snapshot]:
    """Two snapshots of which one line of one file differs."""
    first = with_file(take_snapshot_of(cast.project, ["orjson"], commit="a" * 40), "orjson==3.9.15\nlxml\n")
    second = with_file(take_snapshot_of(cast.project, ["orjson", "lxml"]), "orjson==3.11.0\nlxml\n")
    return first, second


def test_they_are_listed_newest_first_with_what_they_hold(bob: Client, two: tuple[Snapshot, Snapshot]) -> None:
    said = text(bob.get(LIST).content)
    assert said.index(f"#{two[1].pk}") < said.index("aaaaaaa")
    assert "pasted 1 2 newest" in said


def test_one_shows_its_files_and_two_show_what_differs(bob: Client, two: tuple[Snapshot, Snapshot]) -> None:
    first, second = two
    assert "orjson==3.11.0 lxml" in text(bob.get(f"{LIST}{second.pk}/").content)
    html = bob.get(f"{LIST}{second.pk}/?with={first.pk}").content.decode()
    assert '<span class="minus">-orjson==3.9.15</span>' in html
    assert '<span class="plus">+orjson==3.11.0</span>' in html
    assert "requirements.txt changed" in text(html.encode())


def test_the_repositories_that_the_files_are_of_are_named(bob: Client, cast: Cast) -> None:
    snapshot = with_file(take_snapshot_of(cast.project, ["orjson"]), "orjson\n", "api/requirements.txt")
    for name, is_new in (("api", True), ("worker", False)):
        SnapshotSource.objects.create(snapshot=snapshot, name=name, folder=name, commit=name[0] * 40, is_new=is_new)
    assert "api aaaaaaa, worker wwwwwww" in text(bob.get(LIST).content)
    shown = text(bob.get(f"{LIST}{snapshot.pk}/").content)
    assert "It has the files of 2 repositories, each in a folder of its own:" in shown
    assert "api/ at aaaaaaa, new in this snapshot" in shown


def test_files_that_came_or_went_are_named(bob: Client, two: tuple[Snapshot, Snapshot]) -> None:
    first, second = two
    with_file(second, "flask\n", "more.txt")
    assert "more.txt added" in text(bob.get(f"{LIST}{second.pk}/?with={first.pk}").content)
    assert "more.txt removed" in text(bob.get(f"{LIST}{first.pk}/?with={second.pk}").content)
    same = text(bob.get(f"{LIST}{first.pk}/?with={first.pk}").content)
    assert "The files are the same." in same


def test_a_login_in_a_file_is_not_shown(bob: Client, cast: Cast) -> None:
    taken = with_file(take_snapshot_of(cast.project, []), "--index-url https://me:secret@index.example/simple\n")
    said = text(bob.get(f"{LIST}{taken.pk}/").content)
    assert "secret" not in said
    assert "index.example" in said


@pytest.mark.parametrize("wrong", ["0", "99999999999999999999", "nonsense", "-1", "²"])
def test_what_does_not_exist_is_not_found_or_not_compared(
    bob: Client, two: tuple[Snapshot, Snapshot], wrong: str
) -> None:
    assert bob.get(f"{LIST}{wrong}/").status_code == 404
    assert bob.get(f"{LIST}{two[0].pk}/", {"with": wrong}).status_code == 200


def test_strangers_and_other_projects_find_nothing(
    alice: Client, carol: Client, two: tuple[Snapshot, Snapshot]
) -> None:
    assert carol.get(LIST).status_code == 404
    assert carol.get(f"{LIST}{two[0].pk}/").status_code == 404


@pytest.mark.parametrize("number", [1, 50])
def test_the_list_asks_the_database_the_same_whatever_its_length(
    alice: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    for _ in range(number):
        take_snapshot_of(cast.project, ["orjson"])
    with django_assert_num_queries(5):
        alice.get(LIST)
