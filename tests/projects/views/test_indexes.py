"""The pages about a project's indexes: who may see and change them, and that no login ever comes back."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from projects.models import IndexRole, ProjectIndex, ProjectPackage, Subscription
from projects.services.indexes import add_index
from projects.services.snapshots import take_snapshot
from scanner.models import HostThrottle, Index, Package, PackageState
from tests.cast import WINDOWS_313, Cast, make_project

URL = "https://private.example/simple"
PAGE = "/projects/practice-api/indexes/"
ADD = {"address": URL, "role": "extra"}
SECRET = "s3cr3t/@:"


@pytest.fixture(autouse=True)
def own_index(settings: Settings) -> None:
    settings.WHEELWAY_INDEX_URL = "https://index.example/simple"


@pytest.fixture
def row(cast: Cast) -> ProjectIndex:
    return add_index(cast.project, "https://robot:s3cret@private.example/simple", IndexRole.EXTRA)


def stored(cast: Cast) -> Index:
    return Index.objects.get(scope=f"project:{cast.project.pk}")


@pytest.mark.parametrize(
    ("path", "method", "anonymous", "stranger", "reader", "member"),
    [
        ("", "get", 302, 404, 200, 200),
        ("", "post", 302, 404, 403, 422),
        ("{index}/login/", "get", 302, 404, 403, 200),
        ("{index}/login/", "post", 302, 404, 403, 302),
        ("{index}/remove/", "get", 302, 404, 403, 200),
        ("{index}/remove/", "post", 302, 404, 403, 302),
    ],
)
def test_who_may_do_what(
    row: ProjectIndex,
    alice: Client,
    bob: Client,
    carol: Client,
    path: str,
    method: str,
    anonymous: int,
    stranger: int,
    reader: int,
    member: int,
) -> None:
    page = PAGE + path.format(index=row.index_id)
    found = [getattr(who, method)(page).status_code for who in (Client(), carol, bob, alice)]
    assert found == [anonymous, stranger, reader, member]


def test_a_reader_sees_the_list_and_no_way_to_change_it(row: ProjectIndex, bob: Client) -> None:
    page = bob.get(PAGE).content.decode()
    assert URL in page
    assert forms_in(page) == []
    assert "/login/" not in page


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


def test_another_login_takes_the_place_and_what_failed_is_asked_again(
    alice: Client, cast: Cast, row: ProjectIndex
) -> None:
    later = timezone.now() + timedelta(hours=6)
    failed = Package.objects.create(index=row.index, name="ours", failures=7, due_at=later, last_error="status 401")
    fine = Package.objects.create(index=row.index, name="fine", state=PackageState.CURRENT, due_at=later)
    page = alice.get(f"{PAGE}{row.index_id}/login/").content.decode()
    assert "robot" not in page
    assert alice.post(f"{PAGE}{row.index_id}/login/", {"username": "new", "secret": "pa ss"}).status_code == 302
    assert stored(cast).login.reveal() == "new:pa%20ss"
    for package in (failed, fine):
        package.refresh_from_db()
    assert failed.due_at is not None
    assert failed.due_at < later == fine.due_at
    alice.post(f"{PAGE}{row.index_id}/login/", {})
    assert not stored(cast).login


def test_what_an_index_hid_from_one_login_is_asked_for_with_the_next(alice: Client, row: ProjectIndex) -> None:
    hidden = Package.objects.create(index=row.index, name="ours", state=PackageState.MISSING)
    alice.post(f"{PAGE}{row.index_id}/login/", {"secret": "another"})
    hidden.refresh_from_db()
    assert hidden.due_at is not None


def test_a_login_over_http_is_refused_later_too(alice: Client, cast: Cast) -> None:
    made = add_index(cast.project, "http://private.example", IndexRole.EXTRA)
    answer = alice.post(f"{PAGE}{made.index_id}/login/", {"secret": "s3cr3t"})
    assert answer.status_code == 422
    assert "would be sent unencrypted" in answer.content.decode()
    assert "s3cr3t" not in answer.content.decode()


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


def test_an_index_of_another_project_is_out_of_reach(alice: Client) -> None:
    other = add_index(make_project("other"), URL, IndexRole.EXTRA)
    for path in ("login", "remove"):
        assert alice.post(f"{PAGE}{other.index_id}/{path}/").status_code == 404
    assert alice.post(f"{PAGE}99999999999999999999/remove/").status_code == 404
    assert ProjectIndex.objects.filter(pk=other.pk).exists()


def test_the_list_says_how_each_index_stands(alice: Client, cast: Cast, row: ProjectIndex) -> None:
    now = timezone.now()
    for name, more in {
        "ours": {"state": PackageState.CURRENT, "checked_at": now - timedelta(minutes=5)},
        "theirs": {"failures": 3, "last_error": "private.example refused <the> request"},
    }.items():
        package = Package.objects.create(index=row.index, name=name, **more)
        ProjectPackage.objects.create(project=cast.project, package=package)
    Package.objects.create(index=row.index, name="of nobody's", state=PackageState.CURRENT)
    HostThrottle.objects.create(host="private.example", closed_until=now + timedelta(minutes=2))
    page = " ".join(alice.get(PAGE).content.decode().split())
    assert "1 of 2 could not be read; has 1 of 2 packages" in page
    assert "refused &lt;the&gt; request" in page
    assert "5 minutes ago" in page
    assert "by its host; next request" in page
    assert "default index of this installation" in page


def test_a_login_whose_key_is_gone_says_so(alice: Client, cast: Cast, row: ProjectIndex, settings: Settings) -> None:
    settings.SECRET_KEY = "another key of the tests, which opens nothing that was sealed before"
    alice.force_login(cast.alice)
    assert "cannot be decrypted any more" in alice.get(PAGE).content.decode()


@pytest.mark.parametrize("number", [1, 50])
def test_the_page_costs_the_same_queries_for_one_index_and_for_fifty(
    alice: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    for position in range(number):
        made = add_index(cast.project, f"https://i{position}.example/simple", IndexRole.EXTRA)
        package = Package.objects.create(index=made.index, name="x", failures=1, last_error="status 500")
        ProjectPackage.objects.create(project=cast.project, package=package)
    with django_assert_num_queries(8):
        page = alice.get(PAGE).content.decode()
    assert page.count("status 500") == number


def test_htmx_gets_the_list_alone_and_asks_while_something_is_unknown(alice: Client, row: ProjectIndex) -> None:
    part = alice.get(PAGE, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'hx-trigger="every 3s"' in part
    package = Package.objects.create(index=row.index, name="ours", state=PackageState.CURRENT)
    ProjectPackage.objects.create(project=row.project, package=package)
    assert "hx-trigger" not in alice.get(PAGE, headers={"HX-Request": "true"}).content.decode()


def take(cast: Cast, content: str) -> None:
    take_snapshot(cast.project, {"requirements.txt": content.encode()}, ["requirements.txt"], origin="paste")


def forms_in(page: str) -> list[str]:
    return page.partition("<main")[2].partition("<footer")[0].split("<form")[1:]


def test_what_the_files_name_and_nobody_asks_is_told_with_a_form_that_adds_it(alice: Client, cast: Cast) -> None:
    take(cast, f"x==1\n--extra-index-url {URL}\n-i https://index.example/simple\n")
    page = alice.get(PAGE).content.decode()
    assert "requirements.txt line 2" in page
    assert "line 3" not in page
    first = forms_in(page)[0]
    assert f'value="{URL}"' in first
    alice.post(PAGE, ADD)
    assert "requirements.txt line 2" not in alice.get(PAGE).content.decode()
    assert ProjectIndex.objects.get().role == IndexRole.EXTRA


@pytest.mark.parametrize(
    ("written", "prefilled"),
    [
        ("https://robot:s3cr3t@private.example/simple", URL),
        ("https://${USER}:${TOKEN}@private.example/simple", URL),
        ("https://${HOST}/s3cr3t", ""),
    ],
)
def test_a_login_that_a_file_gives_is_asked_for_and_never_prefilled(
    alice: Client, cast: Cast, written: str, prefilled: str
) -> None:
    take(cast, f"-i {written}\nx==1\n")
    page = alice.get(PAGE).content.decode()
    assert "?named=0#add" in page
    assert len(forms_in(page)) == 1
    form: Any = alice.get(f"{PAGE}?named=0").context["form"]
    assert form.initial == {"address": prefilled, "role": "primary"}
    shown = alice.get(f"{PAGE}?named=0").content.decode()
    assert "TOKEN" not in shown
    assert ":s3cr3t" not in shown


@pytest.mark.parametrize("named", ["7", "x", "-1", ""])
def test_a_notice_that_is_not_there_prefills_nothing(alice: Client, cast: Cast, named: str) -> None:
    take(cast, f"-i {URL}\nx==1\n")
    assert alice.get(PAGE, {"named": named}).context["form"].initial == {}


def test_a_reader_is_told_and_given_no_form(bob: Client, cast: Cast) -> None:
    take(cast, f"-i {URL}\nx==1\n")
    page = bob.get(PAGE).content.decode()
    assert "requirements.txt line 1" in page
    assert forms_in(page) == []
