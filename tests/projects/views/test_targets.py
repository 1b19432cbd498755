"""When a project can move to a target: what blocks it, what waits, and the watch of the whole target."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from projects.domain.assessment.reasons import PackageReason, ReasonKind
from projects.domain.assessment.stored_conflict import conflict_to_text
from projects.domain.assessment.verdicts import Verdict
from projects.models import Subscription, TargetAssessment
from scanner.domain.resolution.explain.conflict import ConflictExplanation, ConflictLine, LineKind
from tests.cast import LINUX_313, LINUX_314, Cast, assess_as, make_package
from tests.web import text

PAGE = f"/projects/practice-api/when/{LINUX_314}/"


def test_it_names_the_blockers_and_what_must_be_upgraded_beside(alice: Client) -> None:
    said = text(alice.get(PAGE).content)
    assert "Not yet. 1 package has no version that works there." in said
    assert "Required by requirements.txt line 3" in said
    assert "What you can upgrade now" in said


def test_a_blocker_behind_another_is_named_with_it(alice: Client, cast: Cast) -> None:
    root = make_package("pandas", Verdict.BLOCKED)
    behind = make_package("numpy", Verdict.BLOCKED, direct=False, paths=[("pandas", "numpy")])
    through = make_package("greenlet", Verdict.UPGRADE, direct=False, paths=[("sqlalchemy", "greenlet")])
    assess_as(cast.project, {LINUX_314: [root, behind, through]})
    said = text(alice.get(PAGE).content)
    assert "Behind it, blocked too: numpy." in said
    assert "Watch pandas alone" in said
    assert "Watch numpy alone" not in said
    assert "2 packages wait for 2 others." in said
    assert said.index("What waits for what") < said.index("greenlet sqlalchemy")


def test_a_target_that_needs_upgrades_only_leads_to_the_path(alice: Client) -> None:
    html = alice.get(f"/projects/practice-api/when/{LINUX_313}/").content
    assert "Now, after 1 upgrade. 1 of 4 packages needs an upgrade; it has a version that works." in text(html)
    assert f"/projects/practice-api/upgrade/{LINUX_313}/" in html.decode()
    assert "Tell me when it clears" not in text(html)


def test_what_is_held_back_is_shown_with_the_version_that_installs(alice: Client, cast: Cast) -> None:
    reason = PackageReason(ReasonKind.HELD_BACK, "4.3.0", through=("bcrypt 5.0.0",))
    held = make_package("bcrypt", Verdict.HELD_BACK, version="5.0.0", held_at="4.3.0", reason=reason)
    assess_as(cast.project, {LINUX_314: [held]})
    said = text(alice.get(PAGE).content)
    assert "Package Asked for Installs at Why Arrives by bcrypt 5.0.0 4.3.0 it does not install; only 4.3.0" in said


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}watch/"])
def test_strangers_and_unknown_targets_are_not_found(alice: Client, carol: Client, path: str) -> None:
    method = "post" if path.endswith("watch/") else "get"
    assert getattr(carol, method)(path).status_code == 404
    assert alice.get("/projects/practice-api/when/cp39-win32/").status_code == 404


def test_one_watch_is_for_the_whole_target(bob: Client, cast: Cast) -> None:
    for _ in range(2):
        assert bob.post(f"{PAGE}watch/").headers["Location"] == PAGE
    (watch,) = Subscription.objects.target_watches()
    assert (watch.user, watch.target, watch.reported) == (cast.bob, LINUX_314, ["pyyaml"])
    assert "You watch this target" in text(bob.get(PAGE).content)
    said = text(bob.get("/alerts/").content)
    assert "practice-api on Python 3.14 on Linux x86-64 (glibc 2.28)" in said
    assert "Blocked by pyyaml." in said
    bob.post(f"/alerts/{watch.pk}/end/")
    assert "You stopped this watch" in text(bob.get("/alerts/").content)


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (LINUX_313, "There is nothing to wait for: no package blocks Python 3.13"),
        ("cp39-win32", "Python 3.9 on Windows 32-bit is not a target of this project"),
        ("nonsense", "is not a target"),
    ],
)
def test_a_watch_without_anything_to_wait_for_says_why(alice: Client, target: str, reason: str) -> None:
    answer = alice.post(f"/projects/practice-api/when/{target}/watch/", follow=True)
    assert reason in text(answer.content)
    assert not Subscription.objects.target_watches().exists()


@pytest.mark.parametrize("blocked", [1, 60])
def test_it_asks_the_database_the_same_whatever_the_number_of_blockers(
    alice: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries, blocked: int
) -> None:
    packages = [make_package(f"package-{number}", Verdict.BLOCKED) for number in range(blocked)]
    assess_as(cast.project, {LINUX_314: packages})
    with django_assert_num_queries(10):
        alice.get(PAGE)


def test_a_contradiction_is_shown_as_a_table(alice: Client, cast: Cast) -> None:
    sides = (
        ConflictLine(LineKind.ASKED, "a", "a<2", source="requirements.txt", line=4),
        ConflictLine(LineKind.NEEDS, "b", "a>=2", "1.0 to 3.0", every=True, required="a"),
    )
    stored = conflict_to_text(ConflictExplanation(sides, "a"))
    TargetAssessment.objects.filter(assessment__project=cast.project, target=LINUX_314).update(conflict=stored)
    page = text(alice.get(f"/projects/practice-api/when/{LINUX_314}/").content)
    assert "Why the requirements contradict each other" in page
    assert "So no version of a is left." in page
    assert '"kind"' not in page
