"""The upgrade page in a browser: planned with and without htmx, watched, and accessible."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from projects.models import SnapshotFile, TargetAssessment
from scanner.domain.resolution.explain.plan_reason import PlanReason, PlanReasonKind
from scanner.domain.resolution.loosen import Step
from scanner.models import Package, PackageState
from tests.browser.conftest import OpenPage
from tests.cast import WINDOWS_313, Cast
from tests.plans import change, stored_plan

pytestmark = pytest.mark.browser

PAGE = f"/projects/practice-api/upgrade/{WINDOWS_313}/"


@pytest.fixture
def planned(cast: Cast) -> Cast:
    """Store a plan for Windows that has no path for one package."""
    SnapshotFile.objects.create(
        snapshot=cast.project.snapshots.order_by("-pk")[0],
        path="requirements.txt",
        sha256="0" * 64,
        content=b"orjson==1.0\npyyaml==1.0\n",
    )
    plan = stored_plan(
        [change("orjson", "1.0", "9.0", size=Step.MAJOR)],
        feasible=False,
        blockers={"pyyaml": PlanReason(PlanReasonKind.NO_ADMITTED_VERSION, name="pyyaml", targets=(WINDOWS_313,))},
    )
    TargetAssessment.objects.filter(target=WINDOWS_313).update(plan=plan)
    Package.objects.exclude(name="pyyaml").update(state=PackageState.PENDING)
    return cast


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_and_never_scrolls_sideways(
    open_page: OpenPage, planned: Cast, width: int, scheme: str
) -> None:
    page = open_page(PAGE, width=width, color_scheme=scheme)
    expect(page.get_by_text("No path: pyyaml has no version that works there.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert Axe().run(page).response["violations"] == []
    page.get_by_text("Plan it another way").click()
    assert Axe().run(page).response["violations"] == []


def test_another_plan_replaces_the_page_s_part_and_changes_its_url(open_page: OpenPage, planned: Cast) -> None:
    page = open_page(PAGE)
    page.get_by_text("Plan it another way").click()
    page.get_by_label("The newest release of everything").check()
    page.get_by_role("button", name="Plan it").click()
    expect(page.get_by_text("before this set can be planned")).to_be_visible()
    expect(page).to_have_url(re.compile(r"strategy=latest"))
    expect(page.get_by_label("The newest release of everything")).to_be_checked()
    page.reload()
    expect(page.get_by_text("before this set can be planned")).to_be_visible()


def test_the_new_file_is_copied_without_removed_lines(open_page: OpenPage, planned: Cast) -> None:
    page = open_page(PAGE, permissions=["clipboard-read", "clipboard-write"])

    # The label would change back after a moment, which a busy machine can miss.
    page.evaluate("() => { window.setTimeout = () => 0; }")

    def copied(name: str) -> str:
        button = page.locator(f"[data-copy={name}]")
        button.click()
        expect(button).to_have_text("Copied")
        return str(page.evaluate("navigator.clipboard.readText()"))

    assert copied("file-1") == "orjson==9.0\npyyaml==1.0\n"
    heading, change_line = copied("moves").splitlines()
    assert heading.split("\t")[:2] == ["Package", "From → to"]
    assert change_line.split("\t")[:3] == ["orjson", "1.0 → 9.0", "major"]


def test_text_is_selected_where_the_clipboard_refuses(open_page: OpenPage, planned: Cast) -> None:
    page = open_page(PAGE, permissions=[])
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')); }")
    page.get_by_role("button", name="Copy the new requirements.txt").click()
    expect(page.get_by_role("button", name="Selected: copy it with the keyboard")).to_be_visible()
    assert "orjson==9.0" in page.evaluate("getSelection().toString()")


def test_without_javascript_the_form_plans_and_the_stuck_package_is_watched(open_page: OpenPage, planned: Cast) -> None:
    page = open_page(PAGE, java_script_enabled=False)
    page.get_by_role("button", name="Tell me when pyyaml clears").click()
    expect(page.get_by_text("You watch pyyaml on Python 3.13")).to_be_visible()
    page.goto(PAGE)
    page.get_by_text("Plan it another way").click()
    page.get_by_label("The newest release of everything").check()
    page.get_by_role("button", name="Plan it").click()
    expect(page.get_by_text("before this set can be planned")).to_be_visible()
