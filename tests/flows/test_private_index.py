"""From a file that names a private index to its package's page, through the pages, against real servers."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from projects.models import Origin, Snapshot
from projects.services.assessments.run import assess_snapshot
from projects.services.snapshots import take_snapshot
from scanner.models import Index
from tests.cast import Cast, make_cast
from tests.replay import ReplayIndex

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/projects/practice-api/"


@pytest.fixture(autouse=True)
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Snapshots are assessed by hand here, not by a worker."""
    monkeypatch.setattr("projects.jobs.request_assessment", lambda snapshot_id: None)


@pytest.fixture
def public(settings: Settings) -> Iterator[ReplayIndex]:
    with ReplayIndex(recorded=False) as index:
        index.add_package("theirs", ["theirs-1.0-py3-none-any.whl"])
        settings.WHEELWAY_INDEX_URL = index.url
        yield index


@pytest.fixture
def private(public: ReplayIndex) -> Iterator[ReplayIndex]:
    with ReplayIndex(recorded=False, login="robot:s3cr3t") as index:
        index.style.serials = False
        index.add_package("ours", ["ours-2.0-py3-none-any.whl"])
        yield index


@pytest.fixture
def cast(private: ReplayIndex) -> Cast:
    """The people, and a snapshot whose file names the private index with its login."""
    cast = make_cast()
    content = f"--extra-index-url {private.url_with_login}\nours==2.0\ntheirs\n".encode()
    take_snapshot(cast.project, {"requirements.txt": content}, ["requirements.txt"], origin=Origin.PUSH)
    return cast


def assess(cast: Cast) -> None:
    assess_snapshot(Snapshot.objects.filter(project=cast.project).latest("pk").pk, timezone.now())


def signed_in(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.alice)
    return client


def test_what_a_push_names_is_not_asked_until_a_member_adds_it(
    cast: Cast, public: ReplayIndex, private: ReplayIndex, settings: Settings
) -> None:
    settings.WHEELWAY_ALLOW_PRIVATE_HOSTS = ["127.0.0.1"]
    assess(cast)
    assert private.requests == []
    alice = signed_in(cast)
    said = alice.get(PAGE).content.decode()
    assert "requirements.txt line 1" in said
    assert "s3cr3t" not in said
    answer = alice.post(
        f"{PAGE}indexes/", {"address": private.url, "role": "extra", "username": "robot", "secret": "s3cr3t"}
    )
    assert answer.status_code == 302
    assert private.requests == []
    assess(cast)
    assert private.requests
    assert all("authorization" not in seen.headers for seen in public.requests)
    listed = alice.get(f"{PAGE}indexes/").content.decode()
    assert "Has 1 of 2 packages" in listed
    assert "2.0" in alice.get(f"{PAGE}packages/ours/").content.decode()
    assert alice.get("/packages/ours/").headers["Location"] == f"{PAGE}packages/ours/"


def test_an_index_that_may_not_be_asked_says_so_on_its_page(
    cast: Cast, private: ReplayIndex, settings: Settings
) -> None:
    settings.WHEELWAY_ALLOW_PRIVATE_HOSTS = ["127.0.0.1"]
    alice = signed_in(cast)
    alice.post(f"{PAGE}indexes/", {"address": private.url_with_login, "role": "extra"})
    settings.WHEELWAY_ALLOW_PRIVATE_HOSTS = []
    assess(cast)
    assert private.requests == []
    page = alice.get(f"{PAGE}indexes/").content.decode()
    assert "2 of 2 could not be read" in page
    assert "WHEELWAY_ALLOW_PRIVATE_HOSTS does not list its host" in page


def test_a_login_whose_key_is_gone_is_sent_nowhere(cast: Cast, private: ReplayIndex, settings: Settings) -> None:
    settings.WHEELWAY_ALLOW_PRIVATE_HOSTS = ["127.0.0.1"]
    signed_in(cast).post(f"{PAGE}indexes/", {"address": private.url_with_login, "role": "extra"})
    settings.SECRET_KEY = "another key of the tests, which opens nothing that was sealed before"
    assess(cast)
    assert private.requests == []
    assert Index.objects.filter(scope=f"project:{cast.project.pk}").exists()
    assert "cannot be decrypted any more" in signed_in(cast).get(f"{PAGE}indexes/").content.decode()
