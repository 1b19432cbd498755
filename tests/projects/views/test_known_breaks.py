"""Known breaks on a page: those of the files, the team's own, contested ones; each change judges the projects again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from projects.models import Assessment, LogEntry, TeamBreak
from projects.selectors.known_breaks import known_breaks_of
from projects.services.assessments.stale import stale_snapshots
from scanner.selectors.known_breaks import known_breaks
from tests.cast import Cast
from tests.web import text

pytestmark = pytest.mark.usefixtures("requested")

PAGE = "/projects/practice-api/known-breaks/"
ENTRY = {
    "package": "PyYAML",
    "versions": "<6",
    "pythons": ">=3.14",
    "unless": "legacy-cgi, setuptools<82",
    "action": "import yaml",
    "symptom": "AttributeError: cython_sources",
    "first_good": "6.0",
    "source": "our tracker, 12",
}


def test_a_search_without_a_result_speaks_of_what_was_sought(alice: Client) -> None:
    said = text(alice.get(PAGE, {"q": "nosuch"}).content)
    assert "No known break is of a package with “nosuch” in its name. Show all" in said


def test_a_break_that_a_team_adds_counts_until_it_is_taken_back(
    alice: Client, cast: Cast, requested: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert alice.post(f"{PAGE}add/", ENTRY).status_code == 302
    row = TeamBreak.objects.get()
    (fact,) = set(known_breaks_of(cast.project.team_id).facts) - set(known_breaks().facts)
    assert (fact.package, str(fact.versions), fact.first_good, len(fact.unless)) == ("pyyaml", "<6", "6.0", 2)
    assert row.made_by == cast.alice
    assert requested == [cast.project.snapshots.get().pk]
    assert "our tracker, 12 (the team, just now by alice)" in text(alice.get(PAGE, {"q": "yaml"}).content)
    alice.post(f"{PAGE}{row.pk}/end/")
    assert known_breaks_of(cast.project.team_id) == known_breaks()
    assert "taken back just now by alice" in text(alice.get(PAGE, {"q": "yaml"}).content)


def test_a_contested_break_does_not_count_and_says_why(alice: Client, cast: Cast) -> None:
    fact = next(fact for fact in known_breaks().facts if fact.package == "bleach")
    assert alice.post(f"{PAGE}{fact.key}/contest/", {"reason": " "}).status_code == 422
    answer = alice.post(f"{PAGE}{fact.key}/contest/", {"reason": "runs here\nwith 3.13"})
    # With whatever else is known of the package, which still counts.
    assert answer.headers["Location"] == f"{PAGE}?q={fact.package}"
    assert fact not in known_breaks_of(cast.project.team_id).facts
    assert "contested just now by alice: runs here with 3.13" in text(alice.get(PAGE, {"q": "bleach"}).content)
    alice.post(f"{PAGE}{TeamBreak.objects.get().pk}/end/")
    assert fact in known_breaks_of(cast.project.team_id).facts


@pytest.mark.parametrize("wrong", [{"versions": "six"}, {"pythons": ""}, {"first_good": "5.0"}, {"partner": "numpy"}])
def test_an_entry_that_the_file_would_refuse_is_refused(alice: Client, wrong: dict[str, str]) -> None:
    assert alice.post(f"{PAGE}add/", ENTRY | wrong).status_code == 422
    assert not TeamBreak.objects.exists()


def test_a_change_makes_older_assessments_stale(alice: Client, cast: Cast) -> None:
    Assessment.objects.update(confirmed_at=timezone.now(), state="complete")
    now = timezone.now() + timedelta(seconds=1)
    before = stale_snapshots(now)
    alice.post(f"{PAGE}add/", ENTRY)
    assert set(stale_snapshots(now)) - set(before) == {cast.project.snapshots.get().pk}


def test_the_list_has_a_fixed_number_of_queries(
    alice: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    alice.post(f"{PAGE}add/", ENTRY)
    with django_assert_max_num_queries(12):
        assert alice.get(PAGE).status_code == 200


def test_what_a_team_says_of_breaks_is_in_its_log(alice: Client, cast: Cast) -> None:
    alice.post(f"{PAGE}add/", ENTRY)
    row = TeamBreak.objects.get()
    alice.post(f"{PAGE}{row.subject}/contest/", {"reason": "ours is patched"})
    alice.post(f"{PAGE}{row.pk}/end/")
    page = text(alice.get(f"/teams/{cast.project.team.slug}/log/").content)
    assert "added a known break of pyyaml for the team of practice-api" in page
    assert "contested a known break of pyyaml for the team of practice-api" in page
    assert "took back what the team of practice-api said of a break of pyyaml" in page
    assert set(LogEntry.objects.filter(action__startswith="break").values_list("actor_name", flat=True)) == {"alice"}
