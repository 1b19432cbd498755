"""What changed upstream, in a real browser: dismissed in place with the keyboard, read by everybody, never too wide."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from projects.models import Alert, Note, Subscription
from tests.browser.conftest import OpenPage
from tests.cast import NOON, WINDOWS_313, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def noted(cast: Cast, name: str, kind: str, severity: int, **facts: object) -> Note:
    place = {"target": WINDOWS_313, "in_use": "1.0", "specifier": ">=1", "offered": "source", "admitted": True}
    file = f"{name}-5.9-cp311-abi3-a_file_name_without_end_macosx_10_9_universal2.whl"
    return Note.objects.create(
        project=cast.project,
        name=name,
        kind=kind,
        subject={"status": "quarantined", "yank": "1.0"}.get(kind, "6.0"),
        severity=severity,
        facts={"before": "5.9", "at": NOON.isoformat(), "places": [{**place, "file": file}], **facts},
        created_at=NOON,
    )


@pytest.fixture
def notes(cast: Cast) -> list[Note]:
    follow = Subscription.objects.create(user=cast.alice, project=cast.project)
    Alert.objects.create(subscription=follow, state="sent", attempts=1, sent_at=NOON + timedelta(hours=1))
    return [
        noted(cast, "pyyaml", "regression", 3),
        noted(cast, "orjson", "yank", 2, reason="it deletes files", instead="6.1"),
        noted(cast, "aiohttp", "status", 4, places=[], reason="a look at a strange upload"),
    ]


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/projects/practice-api/", "/alerts/"])
def test_nothing_is_wider_than_the_page_nor_out_of_reach(
    open_page: OpenPage, notes: list[Note], path: str, width: int, scheme: str
) -> None:
    page = open_page(path, width=width, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for summary in page.locator(".note summary").all():
        summary.click()
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_a_note_is_dismissed_in_place_with_the_keyboard(open_page: OpenPage, notes: list[Note]) -> None:
    page = open_page("/projects/practice-api/")
    summary = page.locator(".note summary").first
    summary.focus()
    page.keyboard.press("Enter")
    field = page.get_by_label("Reason for dismissing it").first
    field.fill("we mirror it ourselves")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 dismissed")).to_be_visible()
    expect(page.locator(".note")).to_have_count(2)
    expect(page.get_by_role("heading", name="What changed upstream")).to_be_focused()
    page.get_by_text("1 dismissed").click()
    expect(page.get_by_text("“we mirror it ourselves”")).to_be_visible()
    page.get_by_role("button", name="Show again").click()
    expect(page.locator(".note")).to_have_count(3)
    assert page.url.endswith("/projects/practice-api/")


def test_it_works_without_javascript(open_page: OpenPage, notes: list[Note]) -> None:
    page = open_page("/projects/practice-api/", java_script_enabled=False)
    page.locator(".note summary").first.click()
    page.get_by_label("Reason for dismissing it").first.fill("known")
    page.get_by_role("button", name="Dismiss for all members").first.click()
    expect(page.get_by_text("1 dismissed")).to_be_visible()
    page.get_by_role("button", name="Stop following").click()
    expect(page.get_by_role("button", name="Follow by e-mail")).to_be_visible()
