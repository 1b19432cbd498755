"""The repository page: what is followed, its hook, its secret shown once, its last deliveries."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from projects.models import Delivery, Repository
from projects.models.sealed import Sealed
from tests.cast import NOON, Cast, make_project

PAGE = "/projects/practice-api/repository/"
ADD = {
    "action": "add",
    "provider": "github",
    "clone_url": "https://git.example/team/practice-api.git",
    "branch": "main",
    "paths": "requirements.txt\n\n requirements/dev.txt ",
}


@pytest.fixture
def repository(cast: Cast) -> Repository:
    made = Repository.objects.create(project=cast.project, clone_url="https://git.example/team/app.git")
    made.rotate_secret()
    return made


def secret_in(page: str) -> str | None:
    match = re.search(r"<code id=.secret-\d+.>([0-9a-f]{64})</code>", page)
    return match[1] if match else None


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_members_who_may_change_the_project_get_here(
    client: Client, alice: Client, bob: Client, carol: Client, method: str
) -> None:
    assert getattr(client, method)(PAGE).status_code == 302
    assert getattr(carol, method)(PAGE).status_code == 404
    assert getattr(bob, method)(PAGE).status_code == 403
    assert alice.get(PAGE).status_code == 200


def test_following_a_repository_shows_its_hook_and_its_secret_once(alice: Client, cast: Cast) -> None:
    page = alice.post(PAGE, ADD).content.decode()
    made = Repository.objects.get(project=cast.project)
    assert secret_in(page) == made.secret.reveal()
    assert f"/hooks/{made.hook_key}/" in page
    assert made.paths == ["requirements.txt", "requirements/dev.txt"]
    again = alice.get(PAGE)
    assert secret_in(again.content.decode()) is None
    assert f"/hooks/{made.hook_key}/" in again.content.decode()
    assert "no-store" in again.headers["Cache-Control"]


@pytest.mark.parametrize(("root", "is_said"), [("http://127.0.0.1:8000", True), ("https://wheelway.example", False)])
def test_an_address_that_a_host_cannot_reach_says_what_to_set(
    alice: Client, settings: Settings, root: str, is_said: bool
) -> None:
    settings.PUBLIC_URL = root
    alice.post(PAGE, ADD)
    page = alice.get(PAGE).content.decode()
    assert f"{root}/hooks/" in page
    assert ("Only this machine reaches this address." in page) is is_said


def test_a_repository_is_read_as_soon_as_it_is_followed_and_when_somebody_asks(alice: Client, cast: Cast) -> None:
    alice.post(PAGE, ADD)
    made = Repository.objects.get(project=cast.project)
    assert [delivery.event for delivery in made.deliveries.all()] == ["fetch"]
    alice.post(PAGE, {"action": "look", "repository": made.pk})
    assert made.deliveries.count() == 2


@pytest.mark.parametrize(
    ("paths", "message"),
    [("a.txt\n" * 51, "Give at most 50"), ("a" * 301, "longer than 300"), ("../b.txt", "not a relative path inside")],
)
def test_paths_that_no_repository_should_be_read_at_are_refused(alice: Client, paths: str, message: str) -> None:
    page = alice.post(PAGE, {**ADD, "paths": paths})
    assert page.status_code == 422
    assert message in page.content.decode()
    assert not Repository.objects.exists()


def test_signed_uploads_need_no_clone_url_and_have_their_own_address(alice: Client) -> None:
    page = alice.post(PAGE, {**ADD, "provider": "upload", "clone_url": ""}).content.decode()
    assert "/upload/" in page


def test_a_token_is_stored_sealed_and_never_shown(alice: Client, cast: Cast) -> None:
    alice.post(PAGE, {**ADD, "clone_username": "robot", "clone_token": "a-secret-token"})
    made = Repository.objects.get(project=cast.project)
    assert made.clone_secret.reveal() == "a-secret-token"
    assert "a-secret-token" not in alice.get(PAGE).content.decode()
    refused = alice.post(PAGE, {**ADD, "branch": "", "clone_token": "a-secret-token"})
    assert "a-secret-token" not in refused.content.decode()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"clone_url": ""}, "Give the clone URL"),
        ({"clone_url": "file:///etc/passwd"}, "This URL cannot be used"),
        ({"clone_url": "https://me:secret@git.example/a/b"}, "This URL cannot be used"),
        ({"paths": "../outside.txt"}, "is not a relative path inside the repository"),
        ({"branch": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_followed_is_told(alice: Client, changed: dict[str, str], said: str) -> None:
    response = alice.post(PAGE, {**ADD, **changed})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Repository.objects.exists()


def test_a_new_secret_is_shown_once_and_the_one_before_stays_good_until_it_is_refused(
    alice: Client, repository: Repository
) -> None:
    before = repository.secret.reveal()
    page = alice.post(PAGE, {"action": "rotate", "repository": repository.pk}).content.decode()
    repository.refresh_from_db()
    assert secret_in(page) == repository.secret.reveal() != before
    assert before in repository.secrets()
    alice.post(PAGE, {"action": "end-rotation", "repository": repository.pk})
    repository.refresh_from_db()
    assert before not in repository.secrets()


def test_a_repository_of_another_project_is_out_of_reach(alice: Client, cast: Cast) -> None:
    other = Repository.objects.create(project=make_project("other"), clone_url="https://git.example/a/b.git")
    assert alice.post(PAGE, {"action": "remove", "repository": other.pk}).status_code == 404
    assert alice.post(PAGE, {"action": "remove", "repository": "nonsense"}).status_code == 404
    assert Repository.objects.filter(pk=other.pk).exists()


def test_removing_stops_following(alice: Client, repository: Repository) -> None:
    assert alice.post(PAGE, {"action": "remove", "repository": repository.pk}).status_code == 302
    assert not Repository.objects.exists()


@pytest.mark.parametrize("deliveries", [1, 50])
def test_the_deliveries_that_are_kept_are_listed_with_one_query(
    alice: Client, repository: Repository, django_assert_num_queries: DjangoAssertNumQueries, deliveries: int
) -> None:
    Delivery.objects.bulk_create(
        Delivery(
            repository=repository,
            delivery_id=str(number),
            event="push",
            received_at=NOON,
            ref="refs/heads/main",
            reason="<b>why</b>",
        )
        for number in range(deliveries)
    )
    with django_assert_num_queries(5):
        page = alice.get(PAGE).content.decode()
    assert page.count('<td translate="no">push</td>') == deliveries
    assert "<b>why" not in page


def edited(**changes: str) -> dict[str, str]:
    return {"provider": "github", "clone_url": "https://git.example/team/app.git", "branch": "main", **changes}


def test_a_token_of_the_api_is_stored_sealed_never_shown_and_kept_by_an_empty_field(
    alice: Client, repository: Repository
) -> None:
    page = f"{PAGE}{repository.pk}/"
    given = edited(api_token="t0ken", reports_pushes="on")
    assert alice.post(page, given).status_code == 302
    repository.refresh_from_db()
    assert (repository.api_token.reveal(), repository.reports_pushes) == ("t0ken", True)
    assert "t0ken" not in alice.get(page).content.decode() + alice.get(PAGE).content.decode()
    assert "t0ken" not in alice.post(page, {**given, "branch": ""}).content.decode()
    alice.post(page, edited(branch="release"))
    repository.refresh_from_db()
    assert (repository.api_token.reveal(), repository.branch) == ("t0ken", "release")
    alice.post(page, edited(forgets_token="on"))
    repository.refresh_from_db()
    assert not repository.api_token


@pytest.mark.parametrize(
    "changed",
    [
        {"clone_url": "https://evil.example/team/app.git"},
        {"clone_url": "https://git.example:8443/team/app.git"},
        {"api_url": "https://evil.example/api/v3"},
    ],
)
def test_a_token_is_never_sent_to_a_host_that_it_was_not_given_for(
    alice: Client, repository: Repository, changed: dict[str, str]
) -> None:
    Repository.objects.update(api_token=Sealed.of("t0ken"), clone_secret=Sealed.of("c1one"), reports_pushes=True)
    alice.post(f"{PAGE}{repository.pk}/", edited(reports_pushes="on") | changed)
    repository.refresh_from_db()
    assert (bool(repository.api_token), repository.reports_pushes) == (False, False)
    assert bool(repository.clone_secret) == ("clone_url" not in changed)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"api_url": "http://git.example/api"}, "would be sent unencrypted"),
        ({"api_url": "https://me:secret@git.example/api"}, "This address cannot be used"),
        ({"api_url": "git.example"}, "This address cannot be used"),
        ({"reports_pushes": "on"}, "need a token of the API"),
    ],
)
def test_access_that_cannot_work_is_refused(
    alice: Client, repository: Repository, changed: dict[str, str], said: str
) -> None:
    answer = alice.post(f"{PAGE}{repository.pk}/", edited() | changed)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_what_a_refused_token_needs_is_said_on_the_page(alice: Client, repository: Repository) -> None:
    Repository.objects.update(api_error="git.example refused", api_status=403)
    page = alice.get(PAGE).content.decode()
    assert "The token permits too little. It needs: Contents: read and write" in page


def test_deliveries_come_alone_for_htmx(alice: Client, repository: Repository) -> None:
    Delivery.objects.create(repository=repository, delivery_id="1", event="push", received_at=NOON)
    part = alice.get(f"{PAGE}?repository={repository.pk}", headers={"HX-Request": "true"}).content.decode()
    assert '<td translate="no">push</td>' in part
    assert "<h1>" not in part
    assert alice.get(f"{PAGE}?repository=0", headers={"HX-Request": "true"}).status_code == 404
