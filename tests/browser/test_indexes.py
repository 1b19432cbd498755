"""A project's indexes in a real browser: named by one click, confirmed before they go, readable everywhere."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from projects.domain.dependency_files import read
from projects.domain.indexes.named_indexes import options_to_store
from projects.models import Assessment, IndexRole, ProjectIndex, ProjectPackage
from projects.services.indexes import add_index
from scanner.domain.releases.name_confusion import IndexListing, NameConfusion
from scanner.models import HostThrottle, Index, Package, PackageState
from tests.browser.conftest import OpenPage
from tests.cast import WINDOWS_313, Cast

pytestmark = pytest.mark.browser

PROJECT = "/projects/practice-api/"
PAGE = f"{PROJECT}indexes/"
OURS = "https://robot:s3cr3t@packages.private-registry-of-a-large-company.example/repository/python-hosted/simple"
NAMED = (
    b"--extra-index-url https://team.example/simple\n-i https://u:p@other.example/simple\n-f https://links.example/x\n"
)


def fill(cast: Cast) -> Index:
    """What makes the pages full: an index in trouble, one that was never asked, notices, a name on two indexes."""
    index = add_index(cast.project, OURS, IndexRole.EXTRA).index
    add_index(cast.project, "https://new.example/simple", IndexRole.EXTRA)
    for name, more in {
        "pyyaml": {"state": PackageState.CURRENT, "checked_at": timezone.now() - timedelta(hours=3)},
        "orjson": {"failures": 4, "last_error": f"{index.url}/orjson/ refused the request: status 401"},
    }.items():
        package = Package.objects.create(index=index, name=name, **more)
        ProjectPackage.objects.create(project=cast.project, package=package)
    HostThrottle.objects.create(
        host="packages.private-registry-of-a-large-company.example", closed_until=timezone.now()
    )
    snapshot = cast.project.snapshots.order_by("-pk")[0]
    snapshot.options = {"indexes": options_to_store(read({"requirements.txt": NAMED}, ["requirements.txt"]).indexes)}
    snapshot.save()
    twice = [
        NameConfusion(
            "pyyaml", (IndexListing("https://index.example/simple", False, None), IndexListing(index.url, True, None))
        ),
    ]
    Assessment.objects.update(confusions=[one.to_json() for one in twice])
    return index


def pages(index: Index) -> list[str]:
    return [
        PAGE,
        f"{PAGE}{index.pk}/login/",
        f"{PAGE}{index.pk}/remove/",
        PROJECT,
        f"{PROJECT}packages/pyyaml/",
        f"{PROJECT}cells/{WINDOWS_313}/pyyaml/",
        "/packages/",
    ]


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_an_index_is_named_by_one_click_and_asked_about_before_it_goes(
    open_page: OpenPage, cast: Cast, script: bool
) -> None:
    fill(cast)
    page = open_page(PROJECT, java_script_enabled=script)
    page.get_by_role("button", name="Add https://team.example/simple").click()
    expect(page.get_by_role("status")).to_contain_text("https://team.example/simple was added")
    page.get_by_role("link", name="Add it with its login").click()
    expect(page.get_by_label("Address")).to_have_value("https://other.example/simple")
    page.get_by_label("User name").fill("robot")
    page.get_by_label("Password or token").fill("s3cr3t")
    page.get_by_role("button", name="Add", exact=True).click()
    made = ProjectIndex.objects.get(index__url="https://other.example/simple")
    assert (made.role, made.index.login.reveal()) == (IndexRole.PRIMARY, "robot:s3cr3t")
    page.get_by_role("link", name="Remove https://other.example/simple").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Indexes of practice-api")
    assert not ProjectIndex.objects.filter(pk=made.pk).exists()


def test_the_list_fills_by_itself(open_page: OpenPage, cast: Cast) -> None:
    index = add_index(cast.project, "https://new.example/simple", IndexRole.EXTRA).index
    page = open_page(PAGE)
    expect(page.locator("#lines")).to_contain_text("Not used yet")
    package = Package.objects.create(index=index, name="ours", state=PackageState.CURRENT)
    ProjectPackage.objects.create(project=cast.project, package=package)
    expect(page.locator("#lines")).to_contain_text("Has 1 of 1 package")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_an_accessibility_violation(open_page: OpenPage, cast: Cast, scheme: str) -> None:
    index = fill(cast)
    page = open_page("/", color_scheme=scheme)
    found = {}
    for path in pages(index):
        page.goto(path)
        for details in page.locator("main details").all():
            details.evaluate("details => details.open = true")
        results = Axe().run(page)
        if results.violations_count:
            found[path] = results.generate_report()
    assert found == {}


def test_no_page_scrolls_sideways_on_a_phone(open_page: OpenPage, cast: Cast) -> None:
    index = fill(cast)
    page = open_page("/", width=390)
    for path in pages(index):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
