"""The main path of each page that changes something: by mouse, by keyboard alone, without JavaScript, on a phone."""

from __future__ import annotations

from functools import partial

import pytest
from msgspec import Struct
from playwright.sync_api import Locator, Page, expect

from projects.domain.permissions import Role
from projects.models import Membership
from tests.browser.conftest import OpenPage
from tests.cast import LINUX_314, Cast
from tests.patience import PATIENCE

pytestmark = pytest.mark.browser

PROJECT = "/projects/practice-api/"


class Fill(Struct, frozen=True):
    """Enter a text into the field with this label."""

    label: str
    text: str


class Press(Struct, frozen=True):
    """Press a button, or follow a link."""

    name: str
    role: str = "button"


class Way(Struct, frozen=True):
    """Where a path begins, what one does, and what the last page says."""

    start: str
    steps: tuple[Fill | Press, ...]
    end: str


link = partial(Press, role="link")
WAYS = (
    Way(PROJECT, (link("Setup"), link("Badges"), Press("Create the badge")), "Revoke"),
    Way(f"{PROJECT}settings/", (Fill("Tags", "tier one"), Press("Save")), "practice-api"),
    Way(f"{PROJECT}targets/", (Fill("Packages to hold", "numpy"), Press("Save")), "practice-api"),
    Way(
        f"{PROJECT}cells/{LINUX_314}/pyyaml/",
        (link("Ignore"), Fill("Reason", "not used there"), Press("Save")),
        "not used there",
    ),
    Way(
        PROJECT,
        (
            link("Decisions"),
            link("Known breaks"),
            link("Add a known break"),
            Fill("Package", "pyyaml"),
            Fill("Its releases that fail", "<6"),
            Fill("On these Pythons", ">=3.14"),
            Fill("What fails", "import yaml"),
            Fill("The last line of the error", "ImportError"),
            Fill("Where it was reported", "a test"),
            Press("Save"),
        ),
        "The break of pyyaml is recorded.",
    ),
    Way(f"{PROJECT}when/{LINUX_314}/", (Press("Tell me when it clears"),), "You watch this target"),
    Way(f"{PROJECT}when/{LINUX_314}/", (link("Who asks for whom"), link("Larger")), "Size: 150 %"),
    Way(f"{PROJECT}graph/{LINUX_314}/", (Fill("Package", "pyyaml"), Press("Show")), "Why, and what to do"),
    Way(PROJECT, (Press("Follow by e-mail"),), "You follow this project."),
    Way("/teams/", (Fill("Name", "Second"), Press("Create the team")), "Second was created."),
    Way("/teams/practice-api/", (link("Policies"),), "What each project demands, accepts and ignores."),
    Way("/help/", (Fill("What do you want to know?", "free-threaded"), Press("Search")), "What is 3.14t?"),
    Way("/packages/", (Fill("Filter by name", "yaml"), Press("Show")), "1 package"),
    Way("/account/", (Fill("Your name", "Alice A."), Press("Save")), "Your account"),
    # Last, since the assessment is of the files before.
    Way(f"{PROJECT}requirements/", (Fill("Paste requirements", "orjson==3.9.15"), Press("Save")), "1 requirement"),
)


def do(page: Page, step: Fill | Press, *, by_keyboard: bool) -> None:
    """Take one step in the main part of the page or the navigation of the project."""
    main = page.get_by_role("main")
    found: Locator
    if isinstance(step, Fill):
        found = main.get_by_label(step.label).first
        if not by_keyboard:
            found.fill(step.text)
            return
        found.focus()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(step.text)
        return
    found = main.get_by_role(step.role, name=step.name, exact=True).first  # type: ignore[arg-type]  # a role is text in STEPS
    if by_keyboard:
        found.focus()
        page.keyboard.press("Enter")
    else:
        found.click()


@pytest.mark.parametrize("mode", ["mouse", "keyboard", "without JavaScript", "phone in the dark"])
def test_each_main_path_ends_where_it_should(open_page: OpenPage, cast: Cast, mode: str) -> None:
    Membership.objects.filter(user=cast.alice).update(role=Role.OWNER)
    is_phone = mode == "phone in the dark"
    page = open_page(
        "/",
        width=390 if is_phone else 1440,
        color_scheme="dark" if is_phone else "light",
        java_script_enabled=mode != "without JavaScript",
    )
    for way in WAYS:
        page.goto(way.start)
        for step in way.steps:
            do(page, step, by_keyboard=mode == "keyboard")
        expect(page.get_by_role("main"), f"{way.start}: {way.steps}").to_contain_text(way.end, timeout=PATIENCE * 1000)
        assert page.evaluate("document.documentElement.scrollWidth") <= (390 if is_phone else 1440), way
