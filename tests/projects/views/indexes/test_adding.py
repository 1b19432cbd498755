"""Indexes that a project adds and removes."""

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from projects.models import IndexRole, ProjectIndex, ProjectPackage, Subscription
from projects.services.indexes import add_index
from scanner.models import Index, Package, PackageState
from tests.cast import WINDOWS_313, Cast
from tests.projects.views.indexes.page import ADD, PAGE, URL, stored

SECRET = "s3cr3t/@:"


@pytest.mark.parametrize(
    ("given", "login"),
    [
        ({}, ""),
        ({"username": "robot", "secret": SECRET}, "robot:s3cr3t%2F%40%3A"),
        ({"secret": SECRET}, "s3cr3t%2F%40%3A"),
        ({"address": "https://robot:s3cr3t%2F@private.example/simple/"}, "robot:s3cr3t%2F"),
        ({"address": "https://:s3cr3t@PRIVATE.example:443/simple"}, ":s3cr3t"),
    ],
)
def test_an_index_is_added_with_its_login_sealed(alice: Client, cast: Cast, given: dict[str, str], login: str) -> None:
    answer = alice.post(PAGE, {**ADD, **given}, follow=True)
    assert answer.redirect_chain
    assert "s3cr3t" not in answer.content.decode()
    index = stored(cast)
    assert (index.url, index.login.reveal(), index.closes_releases) == (URL, login, False)
    assert "s3cr3t" not in str(Index.objects.filter(pk=index.pk).values())
    assert "no-store" in answer.headers["Cache-Control"]


def test_adding_and_removing_have_the_project_assessed_again(
    alice: Client, cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as added:
        alice.post(PAGE, {**ADD, "closes_releases": "on"})
    assert stored(cast).closes_releases
    with django_capture_on_commit_callbacks() as removed:
        alice.post(f"{PAGE}{stored(cast).pk}/remove/")
    assert (len(added), len(removed)) == (1, 1)
    assert not ProjectIndex.objects.exists()


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"address": ""}, "address", "This field is required"),
        ({"address": "private.example/simple"}, "address", "starts with http:// or https://"),
        ({"address": "https://u:s3cr3t/x@private.example"}, "address", "percent-encod"),
        ({"address": "https://${TOKEN}@private.example"}, "address", "does not expand variables"),
        ({"address": "https://169.254.169.254/simple"}, "address", "WHEELWAY_ALLOW_PRIVATE_HOSTS"),
        ({"address": "http://localhost:3141/root"}, "address", "WHEELWAY_ALLOW_PRIVATE_HOSTS"),
        ({"address": "http://[::1]/simple"}, "address", "WHEELWAY_ALLOW_PRIVATE_HOSTS"),
        ({"address": "http://u:s3cr3t@private.example"}, "address", "would be sent unencrypted"),
        ({"address": "http://private.example", "secret": "s3cr3t"}, "secret", "would be sent unencrypted"),
        ({"address": "https://u:s3cr3t@private.example", "username": "v"}, "username", "in one place only"),
        ({"address": f"https://private.example/{'a' * 500}"}, "address", "longer than 500"),
        ({"address": "https://index.example/simple/"}, "address", "default index of this installation"),
        ({"role": "king"}, "role", "Select a valid choice"),
    ],
)
def test_what_cannot_be_asked_is_told_beside_its_field_and_no_login_comes_back(
    alice: Client, given: dict[str, str], field: str, said: str
) -> None:
    answer = alice.post(PAGE, {**ADD, **given})
    assert answer.status_code == 422
    assert said in " ".join(answer.context["form"].errors[field])
    page = answer.content.decode()
    assert "s3cr3t" not in page
    assert "u:" not in page.partition("<main")[2]
    assert not ProjectIndex.objects.exists()


def test_a_host_of_ones_own_network_is_taken_when_the_operator_lists_it(
    alice: Client, cast: Cast, settings: Settings
) -> None:
    settings.WHEELWAY_ALLOW_PRIVATE_HOSTS = ["10.0.0.7"]
    assert alice.post(PAGE, {**ADD, "address": "http://u:p@10.0.0.7/simple"}).status_code == 302
    assert stored(cast).login.reveal() == "u:p"


def test_the_installations_own_index_may_stand_beside_another_that_takes_its_place(alice: Client) -> None:
    alice.post(PAGE, {**ADD, "role": "primary"})
    assert alice.post(PAGE, {"address": "https://index.example/simple", "role": "extra"}).status_code == 302
    page = alice.get(PAGE).content.decode()
    assert page.index(URL) < page.index("https://index.example/simple")
    assert "default index of this installation" not in page
    shared = Index.objects.get(url="https://index.example/simple")
    assert shared.scope == ""
    assert alice.get(f"{PAGE}{shared.pk}/login/").status_code == 404
    assert "What was read from it is kept" in alice.get(f"{PAGE}{shared.pk}/remove/").content.decode()
    alice.post(f"{PAGE}{shared.pk}/remove/")
    assert Index.objects.filter(pk=shared.pk).exists()


def test_a_project_names_no_more_than_fifty(alice: Client, cast: Cast) -> None:
    for number in range(50):
        add_index(cast.project, f"https://i{number}.example/", IndexRole.EXTRA)
    answer = alice.post(PAGE, ADD)
    assert answer.status_code == 422
    assert "at most 50" in answer.content.decode()


def test_removing_asks_first_and_says_what_is_lost(alice: Client, cast: Cast, row: ProjectIndex) -> None:
    package = Package.objects.create(index=row.index, name="ours", state=PackageState.CURRENT)
    ProjectPackage.objects.create(project=cast.project, package=package)
    Subscription.objects.create(user=cast.bob, project=cast.project, package=package, target=WINDOWS_313)
    page = " ".join(alice.get(f"{PAGE}{row.index_id}/remove/").content.decode().split())
    assert "the data of 1 package read from it. It ends 1 watch of such packages." in page
    assert ProjectIndex.objects.exists()
    alice.post(f"{PAGE}{row.index_id}/remove/")
    assert not Package.objects.filter(pk=package.pk).exists()
    assert not Index.objects.filter(pk=row.index_id).exists()
