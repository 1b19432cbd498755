"""The pages in a real browser: by keyboard, on a phone, in the dark, without JavaScript, under the strict CSP."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from projects.models import Project, Repository
from scanner.models import Package
from tests.browser.conftest import OpenPage
from tests.cast import LINUX_313, LINUX_314, PASSWORD, WINDOWS_313, Cast, assess_as, make_package, rest_on, usual_rows

pytestmark = pytest.mark.browser

PAGE = "/projects/practice-api/"
# States of pages that tests/browser/test_every_page.py does not come to.
PAGES = [
    PAGE,
    f"{PAGE}?target={WINDOWS_313}&state=ready&state=upgrade",
    f"{PAGE}cells/{WINDOWS_313}/pyyaml/",
    f"{PAGE}repository/",
    f"{PAGE}waivers/add/?package=pyyaml&target={LINUX_314}",
    "/?q=nothing",
    "/find/?q=y",
]


def names(page: Page) -> list[str]:
    return page.locator("table.risk tbody th[scope=row] > a").all_inner_texts()


def test_an_account_signs_in_by_name_and_password(open_page: OpenPage, cast: Cast) -> None:
    cast.alice.set_password(PASSWORD)
    cast.alice.save()
    page = open_page("/sign-in/", as_alice=False)
    page.get_by_label("Name", exact=True).fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Portfolio").wait_for()


def test_a_project_is_added_by_pasting(open_page: OpenPage, cast: Cast) -> None:
    page = open_page("/")
    page.get_by_role("link", name="Add a project").click()
    page.get_by_label("Name", exact=True).fill("shop")
    page.get_by_label("Paste requirements").fill("orjson==3.9.15\nPyYAML==6.0.1\n")
    page.get_by_role("button", name="Add the project").click()
    expect(page.get_by_role("heading", name="shop", level=1)).to_be_visible()
    expect(page.get_by_text("0 of 2").first).to_be_visible()
    expect(page.get_by_text("0 of 36").first).to_be_visible()
    assert names(page) == ["orjson", "pyyaml"]
    assert Project.objects.get(slug="shop").targets.count() == 36


def test_a_proof_longer_than_the_screen_is_read_from_its_heading(open_page: OpenPage, cast: Cast) -> None:
    page = open_page(PAGE, width=390)
    page.set_viewport_size({"width": 390, "height": 480})
    page.locator("#risk-table td a").first.click()
    heading = page.locator(".proofbox h3")
    expect(heading).to_be_focused()
    head = page.locator("table.risk thead th").last.bounding_box()
    shown = heading.bounding_box()
    assert head
    assert shown
    # The head of the table stays at the top of its box, above what scrolls.
    assert shown["y"] >= head["y"] + head["height"]


def test_filters_change_table_count_and_address_and_survive_a_reload(open_page: OpenPage, cast: Cast) -> None:
    page = open_page(PAGE)
    assert names(page) == ["pyyaml", "orjson", "sqlalchemy"]
    page.get_by_label("Filter by name").fill("yaml")
    expect(page.locator("#risk-count")).to_have_text("1 of 4 packages")
    expect(page).to_have_url(re.compile(r"\?q=yaml$"))
    assert names(page) == ["pyyaml"]
    assert page.get_by_label("Filter by name").evaluate("field => field === document.activeElement")
    page.get_by_label("Filter by name").fill("")
    page.get_by_role("checkbox", name="ready").check()
    expect(page.locator("#risk-count")).to_have_text("4 of 4 packages")
    page.reload()
    assert names(page) == ["pyyaml", "orjson", "sqlalchemy", "aiohttp"]
    page.get_by_label("Severity").select_option("high or worse")
    expect(page.locator("#risk-count")).to_have_text("1 of 4 packages")
    page.get_by_text("Choose columns").click()
    page.locator("#column-choice").get_by_role("link", name="Windows x64").click()
    expect(page.locator("#risk-count")).to_have_text("0 of 4 packages")
    expect(page).to_have_url(re.compile(rf"target={WINDOWS_313}.*severity=high"))


def test_a_heading_sorts_and_the_filter_keeps_the_order(open_page: OpenPage, cast: Cast) -> None:
    page = open_page(PAGE)
    page.get_by_role("link", name="Package", exact=True).click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text(re.compile("Package"))
    assert names(page) == ["orjson", "pyyaml", "sqlalchemy"]
    page.get_by_role("checkbox", name="slower").uncheck()
    expect(page.locator("#risk-count")).to_have_text("2 of 4 packages")
    assert names(page) == ["orjson", "pyyaml"]


def test_a_proof_opens_and_closes_by_keyboard_under_its_row(open_page: OpenPage, cast: Cast) -> None:
    page = open_page(PAGE)
    cell = page.locator("td.cell.blocked a").first
    cell.focus()
    page.keyboard.press("Enter")
    proof = page.locator("tr.proof")
    expect(proof).to_contain_text("No wheel for cp313; has cp38 to cp312.")
    expect(cell).to_have_attribute("aria-expanded", "true")
    assert proof.locator("h3").evaluate("heading => heading === document.activeElement")
    expect(page).to_have_url(re.compile(rf"{PAGE}$"))
    page.keyboard.press("Escape")
    expect(proof).to_have_count(0)
    assert cell.evaluate("link => link === document.activeElement")
    cell.click()
    # htmx reports a request that another one replaces as an error.
    expect(proof).to_have_count(1)
    page.locator("td.cell a").nth(2).click()
    expect(cell).to_have_attribute("aria-expanded", "false")
    expect(proof).to_have_count(1)
    page.get_by_role("button", name="Close").click()
    expect(proof).to_have_count(0)


def test_a_cell_of_the_heat_map_leads_to_the_path_or_to_what_blocks(open_page: OpenPage, cast: Cast) -> None:
    page = open_page(PAGE)
    page.locator(".heat").get_by_role("link", name="2 upgrades").click()
    expect(page).to_have_url(re.compile(rf"/upgrade/{WINDOWS_313}/$"))
    page.go_back()
    page.locator(".heat").get_by_role("link", name="1 blocked").click()
    expect(page.get_by_role("heading", name="What blocks it")).to_be_visible()
    page.get_by_role("link", name="All packages").click()
    expect(page.get_by_role("columnheader", name="Current version")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"\?target={LINUX_314}#risk$"))


def test_the_bar_moves_while_the_index_answers_and_the_page_fills_by_itself(open_page: OpenPage, cast: Cast) -> None:
    partly = {LINUX_313: [make_package("aiohttp"), make_package("greenlet", "unknown")]}
    made = assess_as(cast.project, partly, missing=["greenlet"], resting=["aiohttp"])
    page = open_page(PAGE)
    expect(page.locator("#progress")).to_contain_text("; next greenlet…")
    made.delete()
    assess_as(cast.project, usual_rows())
    expect(page.locator("#progress")).to_be_empty()
    expect(page.locator("#answers")).to_contain_text("ready after 1 upgrade")
    expect(page.locator("#risk-count")).to_have_text("3 of 4 packages")


def test_everything_works_without_javascript(open_page: OpenPage, cast: Cast) -> None:
    page = open_page(PAGE, java_script_enabled=False)
    page.get_by_label("Filter by name").fill("yaml")
    page.get_by_role("button", name="Show", exact=True).click()
    assert names(page) == ["pyyaml"]
    page.locator("td.cell a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("pyyaml 1.0 on Python 3.13")
    page.get_by_role("link", name="Back to the project").click()
    expect(page.get_by_role("heading", name="What blocks the move")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_an_accessibility_violation(open_page: OpenPage, cast: Cast, scheme: str) -> None:
    _fill(cast)
    page = open_page("/", color_scheme=scheme)
    found = {}
    for path in PAGES:
        page.goto(path)
        if path == PAGE:
            page.locator("td.cell a").first.click()
            expect(page.locator("tr.proof")).to_be_visible()
        results = Axe().run(page)
        if results.violations_count:
            found[path] = results.generate_report()
    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sign_in_page_has_no_accessibility_violation(open_page: OpenPage, scheme: str) -> None:
    page = open_page("/sign-in/", as_alice=False, color_scheme=scheme)
    assert Axe().run(page).violations_count == 0


def test_no_page_scrolls_sideways_on_a_phone(open_page: OpenPage, cast: Cast) -> None:
    _fill(cast)
    page = open_page("/", width=390)
    for path in PAGES:
        page.goto(path)
        if path == PAGE:
            page.locator("td.cell a").first.click()
            expect(page.locator("tr.proof")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def _fill(cast: Cast) -> None:
    """What makes the pages full: a repository, a poll's troubles, problems of the files."""
    Repository.objects.create(project=cast.project, clone_url="https://git.example/team/app.git").rotate_secret()
    snapshot = cast.project.snapshots.order_by("-pk")[0]
    snapshot.problems = [
        {"path": "requirements.txt", "line": 7, "text": "what ==" * 40, "message": "not a requirement"}
    ]
    snapshot.save()
    rest_on(cast.project, ["pyyaml"])
    Package.objects.filter(name="pyyaml").update(
        last_error="HTTP 503", status="archived", problems=[{"place": "file 7", "text": "x" * 200, "message": "no url"}]
    )
