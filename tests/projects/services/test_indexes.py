"""Several indexes for one project."""

from datetime import timedelta

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from projects.models import IndexRole, ProjectIndex
from projects.services.indexes import (
    InvalidIndexAddress,
    add_index,
    index_ids,
    indexes_of,
    remove_index,
)
from scanner.models import Index, Package
from scanner.selectors.name_confusion import confusions
from scanner.services.indexes import client_of, get_index
from scanner.services.packages import ensure_packages_on
from scanner.services.polling.schedule import poll_batch
from tests.projects.watching import NOON, project_of
from tests.replay import ReplayIndex

pytestmark = pytest.mark.django_db

PRIVATE = "https://robot:s3cret@private.example/simple/"


def test_without_indexes_of_its_own_a_project_uses_the_installations() -> None:
    assert index_ids(project_of()) == (get_index().pk,)


def test_extra_indexes_stand_beside_and_a_primary_one_in_the_place_of_the_default() -> None:
    project = project_of()
    extra = add_index(project, PRIVATE, IndexRole.EXTRA)
    assert index_ids(project) == (get_index().pk, extra.index_id)
    primary = add_index(project, "https://mirror.example/simple", IndexRole.PRIMARY)
    assert index_ids(project) == (primary.index_id, extra.index_id)
    other = add_index(project, "https://other.example/simple", IndexRole.PRIMARY)
    assert index_ids(project)[0] == other.index_id
    assert ProjectIndex.objects.filter(role=IndexRole.PRIMARY).count() == 1


def test_credentials_are_sealed_and_nowhere_else() -> None:
    row = add_index(project_of(), PRIVATE, IndexRole.EXTRA)
    index = Index.objects.get(pk=row.index_id)
    assert index.url == "https://private.example/simple"
    assert index.login.reveal() == "robot:s3cret"
    assert "s3cret" not in f"{index} {index.login!r} {row} {client_of(index)!r}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT url, login FROM scanner_index WHERE id = %s", [index.pk])
        assert "s3cret" not in str(cursor.fetchone())
    add_index(row.project, "https://robot:new@private.example/simple", IndexRole.EXTRA)
    index.refresh_from_db()
    assert index.login.reveal() == "robot:new"


def test_two_projects_never_share_a_private_index() -> None:
    one = add_index(project_of(name="one"), PRIVATE, IndexRole.EXTRA)
    other = add_index(project_of(name="other"), "https://private.example/simple", IndexRole.EXTRA)
    assert one.index_id != other.index_id
    assert not Index.objects.get(pk=other.index_id).login
    remove_index(one.project, other.index_id)
    assert Index.objects.filter(pk=other.index_id).exists()
    remove_index(one.project, one.index_id)
    assert not Index.objects.filter(pk=one.index_id).exists()
    assert Index.objects.filter(pk=get_index().pk).exists()


@pytest.mark.parametrize(
    "address", ["", "private.example", "ftp://private.example", "https://", "https://[bad", "file:///x"]
)
def test_an_address_that_no_client_could_ask_is_refused(address: str) -> None:
    with pytest.raises(InvalidIndexAddress):
        add_index(project_of(), address, IndexRole.EXTRA)
    assert not ProjectIndex.objects.exists()


def test_a_private_name_that_stands_on_the_public_index_too_is_a_warning(
    replay: ReplayIndex, settings: Settings
) -> None:
    settings.WHEELWAY_INDEX_URL = replay.url
    settings.WHEELWAY_ALLOW_PRIVATE_HOSTS = ["127.0.0.1"]
    replay.add_package("ours", ["ours-1.0-py3-none-any.whl"])
    replay.add_package("theirs", ["theirs-1.0-py3-none-any.whl"])
    project = project_of()
    with ReplayIndex(recorded=False) as private:
        private.style.serials = False
        private.add_package("ours", ["ours-2.0-py3-none-any.whl"])
        extra = add_index(project, private.url.replace("http://", "http://robot:s3cret@"), IndexRole.EXTRA)
        watched = ensure_packages_on(indexes_of(project).keys, ["ours", "theirs"], NOON)
        poll_batch([package.pk for packages in watched.values() for package in packages], seconds=60)
        assert "authorization" in private.requests_for("ours")[0].headers
        assert all("authorization" not in seen.headers for seen in replay.requests)
        (confusion,) = confusions(indexes_of(project), ["ours", "theirs"])
        urls = tuple(listing.url for listing in confusion.listings)
        assert (confusion.name, urls) == ("ours", (replay.url, private.url))
    package = Package.objects.get(index=extra.index_id, name="ours")
    assert package.checked_at is not None
    # No 14-day rule there: a release that was uploaded lately is watched for longer, not more closely.
    assert package.due_at is not None
    assert package.due_at - package.checked_at > timedelta(hours=1)
