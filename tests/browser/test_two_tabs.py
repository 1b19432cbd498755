"""Two tabs of one browser: neither changes what the other shows, and both may act."""

import re

import pytest
from playwright.sync_api import Page, expect

from projects.models import Subscription
from tests.browser.conftest import OpenPage
from tests.cast import LINUX_314, PASSWORD, Cast

pytestmark = pytest.mark.browser

PAGE = "/projects/practice-api/"


def second_tab(page: Page, path: str) -> Page:
    """Another tab of the same browser, with the same session."""
    tab = page.context.new_page()
    tab.goto(path)
    return tab


def test_each_tab_keeps_its_own_filters(open_page: OpenPage, cast: Cast) -> None:
    first = open_page(PAGE)
    second = second_tab(first, PAGE)
    first.get_by_label("Filter by name").fill("yaml")
    expect(first.locator("#risk-count")).to_have_text("1 of 4 packages")
    second.get_by_role("checkbox", name="ready").check()
    expect(second.locator("#risk-count")).to_have_text("4 of 4 packages")
    for tab, count in ((first, "1 of 4 packages"), (second, "4 of 4 packages")):
        tab.reload()
        expect(tab.locator("#risk-count")).to_have_text(count)


def test_the_theme_of_one_tab_is_that_of_the_other_from_its_next_page_on(open_page: OpenPage, cast: Cast) -> None:
    first = open_page("/", color_scheme="light")
    second = second_tab(first, "/packages/")
    first.get_by_role("button", name="dark").click()
    expect(first.locator("html")).to_have_attribute("data-theme", "dark")
    second.reload()
    expect(second.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_same_button_in_both_tabs_does_it_once(open_page: OpenPage, cast: Cast) -> None:
    path = f"{PAGE}when/{LINUX_314}/"
    first = open_page(path)
    second = second_tab(first, path)
    for tab in (first, second):
        tab.get_by_role("button", name="Tell me when it clears").click()
        expect(tab.get_by_text("You watch this target")).to_be_visible()
    assert Subscription.objects.target_watches().count() == 1


def test_a_form_that_was_open_before_another_was_sent_can_still_be_sent(open_page: OpenPage, cast: Cast) -> None:
    first = open_page(f"{PAGE}settings/")
    second = second_tab(first, f"{PAGE}targets/")
    first.get_by_label("Tags").fill("web")
    first.get_by_role("button", name="Save").click()
    expect(first).not_to_have_url(re.compile("settings"))
    second.get_by_label("Packages to hold").fill("numpy")
    second.get_by_role("button", name="Save").click()
    expect(second).not_to_have_url(re.compile("targets/$"))
    cast.project.refresh_from_db()
    assert (cast.project.tags, cast.project.holds) == (["web"], ["numpy"])


def test_signing_out_in_one_tab_sends_the_other_to_sign_in_and_back(open_page: OpenPage, cast: Cast) -> None:
    cast.alice.set_password(PASSWORD)
    cast.alice.save()
    first = open_page(PAGE)
    second = second_tab(first, PAGE)
    first.get_by_role("button", name="Sign out").click()
    expect(first.get_by_label("Password")).to_be_visible()
    second.get_by_role("link", name="Snapshots").click()
    second.get_by_label("Name", exact=True).fill("alice")
    second.get_by_label("Password").fill(PASSWORD)
    second.get_by_role("button", name="Sign in").click()
    expect(second.get_by_role("heading", name="Snapshots", level=1)).to_be_visible()


def test_a_proof_that_is_open_in_one_tab_stays_open_while_the_other_moves_on(open_page: OpenPage, cast: Cast) -> None:
    first = open_page(PAGE)
    second = second_tab(first, PAGE)
    first.locator("td.cell.blocked a").first.click()
    expect(first.locator("tr.proof")).to_be_visible()
    second.get_by_role("link", name="Snapshots").click()
    second.go_back()
    expect(second.locator("tr.proof")).to_have_count(0)
    expect(first.locator("tr.proof")).to_be_visible()
