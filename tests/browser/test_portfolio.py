"""The portfolio and what it leads to, in a real browser: by mouse, by keyboard, without JavaScript, in two themes."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.cast import LINUX_313, LINUX_314, Cast

pytestmark = pytest.mark.browser


def test_each_cell_is_one_click_from_its_path(open_page: OpenPage, cast: Cast) -> None:
    page = open_page("/")
    page.locator("table.portfolio").get_by_role("link", name="1 upgrade").first.click()
    expect(page).to_have_url(re.compile(rf"/upgrade/{LINUX_313}/$"))
    page.go_back()
    page.locator("table.portfolio").get_by_role("link", name="1 blocked").click()
    expect(page).to_have_url(re.compile(rf"/when/{LINUX_314}/$"))


def test_the_whole_target_is_watched_by_keyboard(open_page: OpenPage, cast: Cast) -> None:
    page = open_page(f"/projects/practice-api/when/{LINUX_314}/")
    button = page.get_by_role("button", name="Tell me when it clears")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You watch this target")).to_be_visible()


def test_the_slash_key_reaches_the_search_and_does_not_disturb_typing(open_page: OpenPage, cast: Cast) -> None:
    page = open_page("/projects/practice-api/")
    page.keyboard.press("/")
    page.keyboard.type("yaml/")
    field = page.get_by_label("Find a project, a package or a target")
    expect(field).to_be_focused()
    expect(field).to_have_value("yaml/")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="pyyaml", level=1)).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_the_theme_is_switched_and_stays(open_page: OpenPage, cast: Cast, javascript: bool) -> None:
    page = open_page("/", java_script_enabled=javascript, color_scheme="light")
    page.get_by_role("button", name="dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/packages/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    if javascript:
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 22, 28)"
    page.get_by_role("button", name="system").click()
    expect(page.locator("html")).not_to_have_attribute("data-theme", "dark")


def test_filters_and_targets_work_without_javascript_and_stay_in_the_address(open_page: OpenPage, cast: Cast) -> None:
    page = open_page("/", java_script_enabled=False)
    page.get_by_text("Choose targets").click()
    page.get_by_label("3.13 on Windows x64").check()
    page.get_by_role("button", name="Show these targets").click()
    expect(page).to_have_url(re.compile("on=cp313-windows-x64"))
    page.get_by_label("Filter by name").fill("practice")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url(re.compile("on=cp313-windows-x64.*q=practice"))
    expect(page.get_by_role("columnheader", name="3.13 Windows x64")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_state_filters_and_stays_in_the_address(open_page: OpenPage, cast: Cast, javascript: bool) -> None:
    page = open_page("/?on=cp314-linux-x86-64", java_script_enabled=javascript)
    table, ready = page.locator("table.portfolio"), page.get_by_role("checkbox", name="ready")
    expect(table).to_be_visible()
    # The box itself is drawn by its label.
    page.locator("label.pill.ready").click()
    if not javascript:
        page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="0 of 1 project, worst first")).to_be_visible()
    expect(table).to_have_count(0)
    expect(page.locator("#bars li")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/\?on=cp314-linux-x86-64&.*state=ready"))
    expect(ready).to_be_checked()
    page.locator("label.pill.blocked").click()
    if not javascript:
        page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="1 of 1 project, worst first")).to_be_visible()
    expect(page.get_by_role("link", name="Export CSV")).to_have_attribute(
        "href", "/export.csv?on=cp314-linux-x86-64&state=blocked&state=ready"
    )


def test_the_theme_keeps_the_filter_that_is_shown(open_page: OpenPage, cast: Cast) -> None:
    page = open_page("/")
    page.get_by_label("Filter by name").fill("practice")
    expect(page).to_have_url(re.compile(r"\?q=practice$"))
    page.get_by_role("button", name="dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page).to_have_url(re.compile(r"\?q=practice$"))
    page.goto("/projects/practice-api/")
    page.locator("#filters").get_by_label("Filter by name").fill("yaml")
    expect(page).to_have_url(re.compile(r"q=yaml"))
    page.get_by_role("button", name="Follow by e-mail").click()
    expect(page.get_by_text("You follow this project.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"q=yaml"))


def test_a_deletion_is_undone(open_page: OpenPage, cast: Cast) -> None:
    page = open_page("/projects/practice-api/settings/")
    page.get_by_role("button", name="Delete practice-api").click()
    page.get_by_role("button", name="Undo the deletion of practice-api").click()
    expect(page.get_by_role("heading", name="practice-api", level=1)).to_be_visible()
