"""The packages of the user's projects, and the page of one."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from projects.domain.assessment.verdicts import Verdict
from projects.domain.permissions import Role
from projects.models import ProjectPackage, TargetAssessment
from scanner.models import CoreMetadata, Package, Release, WheelEvent
from tests.cast import LINUX_314, NOON, Cast, add_member, assess_as, make_package, make_project, rest_on
from tests.projects.watching import polled, sdist, wheel
from tests.web import text

PAGE = "/packages/orjson/"


@pytest.fixture
def orjson(cast: Cast) -> Package:
    """A package with three releases, polled twice, on which the project rests."""
    files = [
        wheel("orjson", "3.9.15", "cp312-cp312-win_amd64"),
        sdist("orjson", "3.9.15"),
        wheel("orjson", "3.10.6", "cp313-cp313-win_amd64"),
        wheel("orjson", "3.10.7", "cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64"),
    ]
    polled("orjson", *files)
    later = wheel("orjson", "3.11.0", "cp314-cp314-manylinux_2_28_x86_64", at=NOON + timedelta(days=1))
    package = polled("orjson", *files, later, seen_at=NOON + timedelta(days=1))
    ProjectPackage.objects.get_or_create(project=cast.project, package=package)
    return package


def test_only_packages_of_ones_own_projects_are_shown(
    client: Client, alice: Client, bob: Client, carol: Client, orjson: Package
) -> None:
    assert client.get(PAGE).status_code == 302
    assert carol.get(PAGE).status_code == 404
    assert alice.get(PAGE).status_code == bob.get(PAGE).status_code == 200
    assert "orjson" in text(bob.get("/packages/").content)
    assert "orjson" not in text(carol.get("/packages/").content)


def test_links_of_the_newest_release_that_has_some_are_shown_safely(alice: Client, orjson: Package) -> None:
    Release.objects.filter(package=orjson, version="3.9.15").update(
        links=[["tracker", "Old bugs", "https://old.example/"]]
    )
    Release.objects.filter(package=orjson, version="3.10.7").update(
        links=[["tracker", "<Bugs>", "https://code.example/issues?a=1&b=2"], ["other", "Bad", "javascript:alert(1)"]]
    )
    page = alice.get(PAGE).content.decode()
    assert (
        '<a href="https://code.example/issues?a=1&amp;b=2" rel="noopener noreferrer nofollow" '
        'title="https://code.example/issues?a=1&amp;b=2" translate="no">&lt;Bugs&gt;</a>'
    ) in page
    assert "javascript:" not in page
    assert "Old bugs" not in page


def test_releases_that_are_known_to_break_are_told_with_where_and_from_what(alice: Client, cast: Cast) -> None:
    package = polled("sqlalchemy", wheel("sqlalchemy", "2.0.30", "py3-none-any"))
    ProjectPackage.objects.get_or_create(project=cast.project, package=package)
    page = text(alice.get("/packages/sqlalchemy/").content)
    told = page.partition("Known breaks")[2].partition("Which release runs where")[0]
    assert "sqlalchemy ==2.0.30 Python >=3.13: import sqlalchemy: TypeError: Can't replace canonical symbol" in told
    assert "· first good: 2.0.31 · measured by installing and importing on CPython 3.13 (comes with Wheelway)" in told


def test_a_package_of_which_no_break_is_known_has_no_such_section(alice: Client, orjson: Package) -> None:
    assert "Known breaks" not in text(alice.get(PAGE).content)


def test_the_page_tells_releases_by_target_newest_first(alice: Client, orjson: Package) -> None:
    page = alice.get(PAGE).content.decode()
    assert re.findall(
        r'<th scope="row"><a href="[?]files=[^"]+#files"[^>]*>([\d.]+)</a><small class="via"><time', page
    ) == [
        "3.11.0",
        "3.10.7",
        "3.10.6",
        "3.9.15",
    ]
    said = text(page.encode())
    assert "4 of 4 releases, newest first; 3 of 3 targets" in said
    assert "sdist only" in said
    assert "no wheel" in said


def test_the_newest_twenty_releases_come_first_and_all_on_demand(alice: Client, orjson: Package) -> None:
    polled("orjson", *(sdist("orjson", f"1.{number}") for number in range(30)))
    assert "20 of 30 releases" in text(alice.get(PAGE).content)
    assert "30 of 30 releases" in text(alice.get(PAGE, {"releases": "all"}).content)


def test_the_page_tells_what_polls_saw_and_when_the_next_is(alice: Client, orjson: Package) -> None:
    Package.objects.filter(pk=orjson.pk).update(due_at=NOON, due_reason="quiet", last_error="HTTP 503")
    assert WheelEvent.objects.filter(package=orjson, kind="added").count() == 1
    said = text(alice.get(PAGE).content)
    assert "file added" in said
    assert "because quiet" in said
    assert "The last check failed. HTTP 503" in said


def test_a_yank_status_and_unreadable_rows_are_told(alice: Client, orjson: Package) -> None:
    problem = {"place": "file 7", "text": "<b>x</b>", "message": "no url"}
    Package.objects.filter(pk=orjson.pk).update(status="archived", status_reason="<i>gone</i>", problems=[problem])
    page = alice.get(PAGE).content.decode()
    assert "<b>x</b>" not in page
    assert "<i>gone" not in page
    assert "The index marks it as archived." in text(page.encode())
    assert "file 7: no url" in text(page.encode())


@pytest.mark.parametrize(
    ("state", "words"), [("pending", "Not polled yet."), ("missing", "has no package of this name")]
)
def test_a_package_without_releases_says_why(alice: Client, cast: Cast, state: str, words: str) -> None:
    rest_on(cast.project, ["nothing"])
    Package.objects.filter(name="nothing").update(state=state)
    assert words in text(alice.get("/packages/nothing/").content)


def test_what_is_most_in_the_way_comes_first(alice: Client, cast: Cast) -> None:
    names = ["aaa", "numpy", "orjson", "pyyaml"]
    rest_on(cast.project, names)
    cells = [make_package("orjson", Verdict.UPGRADE), make_package("pyyaml", Verdict.BLOCKED)]
    assess_as(cast.project, {LINUX_314: cells})
    html = alice.get("/packages/?sort=way").content.decode()
    assert re.findall(r'<th scope="row"><a href="/packages/([\w-]+)/"', html) == [
        "pyyaml",
        "orjson",
        *sorted({"aaa", "aiohttp", "numpy", "sqlalchemy"} & set(re.findall(r"/packages/([\w-]+)/", html))),
    ]


def test_the_order_goes_on_from_page_to_page(alice: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projects.selectors.packages.PAGE_SIZE", 2)
    rest_on(cast.project, ["x-a", "x-b", "x-c", "x-d", "x-e"])
    assess_as(cast.project, {LINUX_314: [make_package(name, Verdict.BLOCKED) for name in ("x-c", "x-d", "x-e")]})
    pages = [alice.get(f"/packages/?sort=way&q=x-&page={page}").content.decode() for page in (1, 2, 3)]
    found = [re.findall(r'<th scope="row"><a href="/packages/([\w-]+)/"', html) for html in pages]
    assert found == [["x-c", "x-d"], ["x-e", "x-a"], ["x-b"]]


def test_the_list_is_filtered_by_name(alice: Client, orjson: Package) -> None:
    said = text(alice.get("/packages/", {"q": "JSON"}).content)
    assert "1 package" in said
    assert "pyyaml" not in said
    assert "No package name contains “zz”" in text(alice.get("/packages/", {"q": "zz"}).content)


@pytest.mark.parametrize("packages", [1, 50])
def test_the_list_asks_the_database_the_same_whatever_its_length(
    alice: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, packages: int
) -> None:
    rest_on(cast.project, [f"package-{number}" for number in range(packages)])
    with django_assert_num_queries(7):
        alice.get("/packages/")


@pytest.mark.parametrize("releases", [1, 50])
def test_the_page_asks_the_database_the_same_whatever_the_number_of_releases(
    alice: Client, orjson: Package, django_assert_num_queries: DjangoAssertNumQueries, releases: int
) -> None:
    polled("orjson", *(wheel("orjson", f"1.{number}") for number in range(releases)))
    with django_assert_num_queries(20):
        alice.get(PAGE, {"releases": "all"})


def test_a_release_says_what_it_requires(alice: Client, orjson: Package) -> None:
    assert "What it requires has not been read." in text(alice.get(PAGE).content)
    for needs, said in (
        ([], "It requires no other package."),
        (["numpy>=2", "idna; extra == 'x'"], "has 2 requirements"),
    ):
        stored = CoreMetadata.objects.create(digest=str(len(needs)) * 64, requires_dist=needs)
        Release.objects.filter(package=orjson).update(metadata=stored)
        page = alice.get(PAGE).content
        assert said in text(page)
    assert b"numpy&gt;=2" in page


def test_the_files_of_a_release_are_listed_and_filtered_by_tag(alice: Client, orjson: Package) -> None:
    assert "Files of 3.11.0" in text(alice.get(PAGE).content)
    said = text(alice.get(PAGE, {"files": "3.9.15"}).content)
    assert "2 of 2 files" in said
    assert "orjson-3.9.15-cp312-cp312-win_amd64.whl wheel cp312 cp312 Windows x64" in said
    assert "orjson-3.9.15.tar.gz source" in said
    assert "1 of 2 files" in text(alice.get(PAGE, {"files": "3.9.15", "platform": "Windows x64"}).content)
    assert "1 of 2 files" in text(alice.get(PAGE, {"files": "3.9.15", "file": "TAR.gz"}).content)
    assert "No file of 3.9.15 passes the filter." in text(alice.get(PAGE, {"files": "3.9.15", "abi": "none"}).content)
    assert "Files of 3.11.0" in text(alice.get(PAGE, {"files": "9.9\0"}).content)


def test_the_page_says_where_the_newest_release_runs_and_links_to_the_index(alice: Client, orjson: Package) -> None:
    html = alice.get(PAGE).content
    assert "3.11.0, the newest release, has a wheel for 1 of 3 targets; none for Python 3.13" in text(html)
    assert f'href="{orjson.index.url}/orjson/"'.replace("//orjson", "/orjson") in html.decode()


def test_the_page_names_the_projects_with_versions_and_verdicts(alice: Client, cast: Cast, orjson: Package) -> None:
    html = alice.get(PAGE).content
    assert "Which of your projects use it" in text(html)
    assert f'href="/projects/practice-api/cells/{LINUX_314}/orjson/"' in html.decode()
    TargetAssessment.objects.update(shown=None)
    assert text(alice.get(PAGE).content) == text(html)


def test_two_releases_are_compared_by_wheels_tags_and_python(alice: Client, orjson: Package) -> None:
    said = text(alice.get(f"{PAGE}?from=3.9.15&to=3.10.6").content)
    assert "Wheels gained Python 3.13 on Windows x64" in said
    assert "Tags added cp313-cp313-win_amd64" in said
    assert "Tags dropped cp312-cp312-win_amd64 sdist" in said
    assert "Files 2 files → 1 file" in said
    assert "Nothing that an installer reads differs" in text(alice.get(f"{PAGE}?from=3.10.6&to=3.10.6").content)
    assert alice.get(f"{PAGE}?from=3.9.15&to=nonsense").status_code == 200


def test_the_timeline_names_the_first_wheel_for_each_python_and_platform(alice: Client, orjson: Package) -> None:
    said = text(alice.get(PAGE).content)
    assert "When its first wheels came" in said
    assert "11 Sep 2024 (3.10.6) 26 days before" in said
    assert "3 Mar 2026 (3.11.0) 147 days after" in said


@pytest.mark.parametrize(
    ("query", "first", "count"), [("", 1, "1 to 50"), ("?page=2", 51, "51 to 60"), ("?page=99", 51, "51 to 60")]
)
def test_the_list_has_pages(alice: Client, cast: Cast, query: str, first: int, count: str) -> None:
    ProjectPackage.objects.all().delete()
    rest_on(cast.project, [f"package-{number:02}" for number in range(1, 61)])
    html = alice.get(f"/packages/{query}").content
    assert f"{count} of 60 packages" in text(html)
    assert f"package-{first:02}" in text(html)


def test_the_list_shows_verdicts_and_what_most_projects_use_first(alice: Client, cast: Cast) -> None:
    other = make_project("other")
    add_member(other, cast.alice, Role.READER)
    assess_as(other, {LINUX_314: [make_package("zlib-ng", "blocked")]}, resting=["zlib-ng", "pyyaml"])
    html = alice.get("/packages/").content.decode()
    names = re.findall(r'<th scope="row"><a href="/packages/([\w-]+)/"', html)
    assert names[0] == "pyyaml"
    assert f'<a href="/projects/other/cells/{LINUX_314}/zlib-ng/"' in html
    by_name = alice.get("/packages/?sort=name").content.decode()
    assert re.findall(r'<th scope="row"><a href="/packages/([\w-]+)/"', by_name) == sorted(names)
