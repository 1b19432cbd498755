"""The page of a project's indexes: who may see and change them, and how each stands."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from projects.models import IndexRole, ProjectIndex, ProjectPackage
from projects.services.indexes import add_index
from scanner.index.errors import IndexUnavailable
from scanner.models import HostThrottle, Package, PackageState
from tests.cast import Cast, make_project
from tests.projects.views.indexes.page import PAGE, URL, forms_in


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


def test_the_list_asks_seldom_while_the_host_of_the_index_asked_for_a_pause(alice: Client, row: ProjectIndex) -> None:
    host = urlsplit(row.index.url).netloc
    HostThrottle.objects.create(host=host, closed_until=timezone.now() + timedelta(minutes=5))
    part = alice.get(PAGE, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every 60s"' in part


def test_why_an_index_did_not_answer_is_in_the_language_of_the_page(
    alice: Client, cast: Cast, row: ProjectIndex
) -> None:
    error = str(IndexUnavailable(row.index.url, "status 500", 500))
    package = Package.objects.create(index=row.index, name="ours", failures=1, last_error=error)
    ProjectPackage.objects.create(project=cast.project, package=package)
    page = alice.get(PAGE, headers={"Accept-Language": "de"}).content.decode()
    assert f'<p class="error">{row.index.url.rstrip("/")} hat nicht geantwortet: Status 500</p>' in page
