"""Packages that stand on a project's own index: their page for members, the warning where a name stands twice."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from projects.domain.assessment.verdicts import Verdict
from projects.domain.permissions import Role
from projects.models import Assessment, IndexRole, ProjectPackage
from projects.services.indexes import add_index, indexes_of
from projects.services.snapshots import take_snapshot
from scanner.models import Index, Package, PackageState
from scanner.selectors.name_confusion import confusions
from tests.cast import TARGETS, WINDOWS_313, Cast, add_member, assess_as, make_package, make_project
from tests.projects.watching import polled, sdist, wheel
from tests.web import text

PAGE = "/projects/practice-api/"
OWN = f"{PAGE}packages/ours/"
URL = "https://private.example/simple"


@pytest.fixture
def index(cast: Cast) -> Index:
    """An index of the project's own with a package called ours, which the shared index does not have."""
    index = add_index(cast.project, "https://robot:s3cr3t@private.example/simple", IndexRole.EXTRA).index
    package = polled("ours", wheel("ours", "2.0"), sdist("ours", "1.0"), index=index)
    ProjectPackage.objects.create(project=cast.project, package=package)
    assess_as(cast.project, {target: [make_package("ours", Verdict.READY)] for target in TARGETS}, resting=[])
    return index


@pytest.fixture
def on_both(cast: Cast, index: Index) -> Index:
    """The same name on the shared index, in a higher version."""
    package = polled("ours", wheel("ours", "99.0"))
    ProjectPackage.objects.create(project=cast.project, package=package)
    found = confusions(indexes_of(cast.project), ["ours"])
    Assessment.objects.update(confusions=[one.to_json() for one in found])
    return index


def test_members_reach_the_page_and_strangers_do_not(
    client: Client, alice: Client, bob: Client, carol: Client, index: Index
) -> None:
    assert client.get(OWN).status_code == 302
    assert carol.get(OWN).status_code == 404
    assert carol.get("/packages/ours/").status_code == 404
    assert "ours" not in text(carol.get("/packages/").content).partition("No packages yet")[0]
    for member in (alice, bob):
        said = text(member.get(OWN).content)
        assert f"On {URL}" in said
        assert "2 of 2 releases, newest first; 3 of 3 targets" in said
        assert "s3cr3t" not in said


def test_the_usual_address_leads_there_and_the_list_too(alice: Client, index: Index) -> None:
    assert alice.get("/packages/ours/").headers["Location"] == OWN
    page = alice.get("/packages/").content.decode()
    assert f'href="{OWN}"' in page
    assert URL in page


def test_another_project_with_an_index_at_the_same_address_sees_nothing_of_it(
    cast: Cast, carol: Client, index: Index
) -> None:
    other = make_project("other")
    add_member(other, cast.carol, Role.MANAGER)
    add_index(other, URL, IndexRole.EXTRA)
    assert carol.get("/projects/other/packages/ours/").status_code == 404
    assert carol.get(OWN).status_code == 404


@pytest.mark.parametrize("name", ["theirs", "%00", "ours%00"])
def test_a_name_that_the_project_does_not_rest_on_has_no_page(alice: Client, index: Index, name: str) -> None:
    Package.objects.create(index=index, name="theirs", state=PackageState.CURRENT)
    assert alice.get(f"{PAGE}packages/{name}/").status_code == 404


def test_a_name_on_two_indexes_has_a_page_for_each_and_the_warning(alice: Client, on_both: Index) -> None:
    own = text(alice.get(OWN).content)
    assert "2.0" in own
    assert "pip would not install your own ours." in own
    assert f"Use one index only: a proxy that takes ours from {URL}" in own
    shared = Package.objects.get(name="ours", index__scope="")
    assert "1 of 1 release, newest first" in text(alice.get(OWN, {"index": shared.index_id}).content)
    assert f"On {URL}" in text(alice.get(OWN, {"index": "999999"}).content)
    everybody = alice.get("/packages/ours/")
    assert everybody.status_code == 200
    assert f"See what {URL} has" in text(everybody.content)


def test_the_project_page_warns_beside_the_answer_and_in_the_row(alice: Client, on_both: Index) -> None:
    page = text(alice.get(PAGE, {"state": ["ready"]}).content)
    assert "Names that exist on several indexes" in page
    assert "pip would install 99.0 from" in page
    assert "on 2 indexes" in page
    proof = text(alice.get(f"{PAGE}cells/{WINDOWS_313}/ours/", headers={"HX-Request": "true"}).content)
    assert "pip would not install your own ours." in proof


def test_a_project_without_a_confusion_has_no_such_section(alice: Client, index: Index) -> None:
    assert "take from elsewhere" not in text(alice.get(PAGE).content)


def test_the_project_page_says_what_its_files_name_and_adds_it_by_one_click(
    alice: Client, bob: Client, cast: Cast
) -> None:
    files = {"requirements.txt": f"x==1\n--extra-index-url {URL}\n".encode()}
    take_snapshot(cast.project, files, ["requirements.txt"], origin="paste")
    page = alice.get(PAGE).content.decode()
    assert f"requirements.txt line 2 names the index {URL}" in text(page.encode())
    assert f'action="{PAGE}indexes/"' in page
    assert (
        "<form"
        not in bob.get(PAGE)
        .content.decode()
        .partition("Indexes in its files that are not used")[2]
        .partition("</section>")[0]
    )
    alice.post(f"{PAGE}indexes/", {"address": URL, "role": "extra"})
    assert "Indexes in its files that are not used" not in alice.get(PAGE).content.decode()


@pytest.mark.parametrize("releases", [1, 50])
def test_the_page_asks_the_database_the_same_whatever_the_number_of_releases(
    alice: Client, index: Index, django_assert_num_queries: DjangoAssertNumQueries, releases: int
) -> None:
    polled("ours", *(wheel("ours", f"1.{number}") for number in range(releases)), index=index)
    with django_assert_num_queries(21):
        alice.get(OWN, {"releases": "all"})
