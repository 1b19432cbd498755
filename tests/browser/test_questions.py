"""The questions that a team lead asks (docs/ui.md), each answered from the portfolio in at most three clicks."""

import pytest
from playwright.sync_api import expect

from projects.models import SnapshotFile, TargetAssessment
from tests.browser.conftest import OpenPage
from tests.cast import Cast, assess_as, rest_on, take_snapshot_of, usual_rows
from tests.plans import change, stored_plan
from tests.projects.watching import polled, wheel

pytestmark = pytest.mark.browser

# A question, the links to click in the main part of each page, and what then answers it.
WAYS = [
    ("Which projects can move to 3.14?", [], "3.14 on Linux x86-64: 0 of 1 project ready, 1 blocked."),
    ("Which single upgrade clears most?", [], "orjson 1.0 → 9.0"),
    ("What blocks most projects?", [], "pyyaml: no wheel for cp313"),
    ("What changed this week?", [], "What changed this week"),
    ("When can it move, and tell me?", ["1 blocked"], "Tell me when it clears"),
    ("How does it get to 3.13?", ["1 upgrade"], "How practice-api gets to Python 3.13"),
    ("What does that change in our files?", ["1 upgrade"], "pyyaml==6.0.3"),
    ("What do I give to management?", ["practice-api", "report on Python 3.14"], "Measured"),
    ("Is Windows worse than Linux?", ["practice-api"], "Where other platforms differ"),
    ("Which line of ours holds it back?", ["practice-api", "9.0"], "requirements.txt line 3"),
    ("What changed since the last push?", ["practice-api", "Snapshots", "with the newest"], "requirements.txt changed"),
    ("Who uses this package?", ["pyyaml"], "Which of your projects use it"),
    ("When did its wheels come?", ["pyyaml"], "When its first wheels came"),
    ("What differs between two releases?", ["pyyaml"], "Compare two releases"),
]


@pytest.fixture
def full(cast: Cast) -> Cast:
    """The project with two snapshots with files, a plan for Python 3.13, and a package with two releases."""
    for content in (b"pyyaml==5.0\n", b"pyyaml==6.0\n"):
        taken = take_snapshot_of(cast.project, ["aiohttp", "orjson", "pyyaml", "sqlalchemy"])
        SnapshotFile.objects.create(snapshot=taken, path="requirements.txt", sha256="0" * 64, content=content)
    assess_as(cast.project, usual_rows(), snapshot=taken)
    plan = stored_plan([change("pyyaml", "6.0", "6.0.3")])
    TargetAssessment.objects.filter(target__startswith="cp313-", assessment__snapshot=taken).update(plan=plan)
    polled("pyyaml", wheel("pyyaml", "5.0", "cp312-cp312-win_amd64"), wheel("pyyaml", "6.0", "cp313-cp313-win_amd64"))
    rest_on(cast.project, ["pyyaml"])
    return cast


@pytest.mark.parametrize(("question", "clicks", "answer"), WAYS, ids=[way[0] for way in WAYS])
def test_a_question_is_answered_in_three_clicks(
    open_page: OpenPage, full: Cast, question: str, clicks: list[str], answer: str
) -> None:
    page = open_page("/")
    assert len(clicks) <= 3
    for name in clicks:
        page.get_by_role("main").get_by_role("link", name=name).first.click()
    expect(page.get_by_role("main")).to_contain_text(answer)


@pytest.mark.parametrize(
    ("area", "answer"),
    [("Ecosystem", "Packages with a wheel, by Python and platform"), ("Packages", "1 upgrade")],
)
def test_the_navigation_answers_at_once(open_page: OpenPage, full: Cast, area: str, answer: str) -> None:
    page = open_page("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name=area).click()
    expect(page.get_by_role("heading", name=area, level=1)).to_be_visible()
