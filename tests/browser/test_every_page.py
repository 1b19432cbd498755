"""Every page that a URL has, in each way of reading it: tests/access/table.py says which there are."""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from pytest_django.fixtures import Settings

from tests.access.table import ROWS, Who
from tests.access.test_every_url import address, client_of
from tests.access.world import owner_and_operator
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser

# The raw text of a message is shown inside the page of the message, in a frame of its own.
_FRAMED = "/html/"
_STOPS = 6
# What the element with the focus is, and whether it shows that it has it.
_FOCUSED = """() => {
  const found = document.activeElement, style = getComputedStyle(found);
  const mark = found.matches("input[type=checkbox], input[type=radio]") && found.nextElementSibling;
  const shown = [style, ...(mark ? [getComputedStyle(mark)] : [])].some((one) => one.outlineStyle !== "none");
  return [found === document.body ? "" : found.outerHTML.slice(0, 120), shown];
}"""


@pytest.fixture
def pages(transactional_db: None, tmp_path: Path, settings: Settings) -> list[str]:
    """The address of each page, for the owner of a team who is the operator too."""
    world = owner_and_operator(settings, tmp_path)
    client = client_of("owner", world)
    addresses = [
        address(row, world.own["owner"])
        for row in ROWS
        if row.read is not Who.NOBODY and not row.route.startswith("api/")
    ]
    answers = {one: client.get(one) for one in addresses if not one.endswith(_FRAMED)}
    found = [
        one
        for one, answer in answers.items()
        # A part that htmx asks for is no page.
        if answer.status_code == 200 and b"<!doctype html>" in answer.getvalue()
    ]
    assert len(found) > 35
    return found


def violations(page: Page) -> str:
    """What axe finds, in its own words; empty when it finds nothing."""
    results = Axe().run(page)
    return results.generate_report() if results.violations_count else ""


@pytest.mark.parametrize(
    ("width", "scheme", "has_scripts", "locale"),
    [
        (1440, "light", True, "en-US"),
        (390, "dark", True, "en-US"),
        (1440, "dark", False, "en-US"),
        (390, "light", False, "en-US"),
        # German words are long.
        (390, "light", True, "de-DE"),
    ],
    ids=[
        "wide and light",
        "narrow and dark",
        "wide and dark without JavaScript",
        "narrow without JavaScript",
        "narrow in German",
    ],
)
def test_every_page_can_be_read(
    open_page: OpenPage, pages: list[str], width: int, scheme: str, has_scripts: bool, locale: str
) -> None:
    page = open_page("/", width=width, color_scheme=scheme, locale=locale)
    assert page.locator("html").get_attribute("lang") == locale[:2]
    if not has_scripts:
        # axe itself needs JavaScript, so the page's own scripts are empty instead.
        page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    found = {}
    for path in pages:
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth") > width
        found[path] = (
            violations(page) + "wider than the screen" * wide + "no heading" * (page.locator("h1").count() != 1)
        )
    assert {path: text for path, text in found.items() if text} == {}


def headings(page: Page) -> list[str]:
    """What the main part of the page is about."""
    return page.get_by_role("main").get_by_role("heading").all_inner_texts()


def test_every_page_is_the_same_again_after_going_back_and_forward(open_page: OpenPage, pages: list[str]) -> None:
    page = open_page("/help/")
    found = {}
    for path in pages:
        # A page that is opened again has no entry of its own in the history.
        page.goto("/help/" if path != "/help/" else "/packages/")
        first = page.get_by_role("heading", level=1).inner_text()
        page.goto(path)
        before = (page.url, headings(page))
        page.go_back()
        on_the_way = page.get_by_role("heading", level=1).inner_text()
        page.go_forward()
        after = (page.url, headings(page))
        if before != after or on_the_way != first or not before[1]:
            found[path] = [before, on_the_way, after]
    assert found == {}


def test_every_page_says_the_same_in_two_tabs(open_page: OpenPage, pages: list[str]) -> None:
    first = open_page("/")
    second = first.context.new_page()
    found = {}
    for path in pages:
        for tab in (first, second):
            tab.goto(path)
        # The first tab is read after the second was opened.
        said = [headings(tab) for tab in (first, second)]
        if said[0] != said[1] or not said[0]:
            found[path] = said
    assert found == {}


def test_every_page_says_the_same_without_javascript(open_page: OpenPage, pages: list[str]) -> None:
    with_it, without = open_page("/"), open_page("/", java_script_enabled=False)
    found = {}
    for path in pages:
        said = []
        for page in (with_it, without):
            page.goto(path)
            said.append(headings(page))
        if said[0] != said[1] or not said[0]:
            found[path] = said
    assert found == {}


def test_every_page_can_be_walked_by_keyboard(open_page: OpenPage, pages: list[str]) -> None:
    page = open_page("/")
    found = {}
    for path in pages:
        page.goto(path)
        stops = []
        for _ in range(_STOPS):
            page.keyboard.press("Tab")
            stops.append(page.evaluate(_FOCUSED))
        # After the last stop the focus leaves the page.
        stops = list(takewhile(lambda stop: stop[0], stops))
        names = [name for name, _ in stops]
        starts = 'class="skip"' in names[0] or page.locator(".skip").count() == 0
        if not starts or len(set(names)) < len(names) or not all(shown for _, shown in stops):
            found[path] = stops
    assert found == {}
