"""What changed in a week, and the burn-down."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from projects.domain.assessment.verdicts import Verdict
from tests.cast import (
    LINUX_314,
    Cast,
    assess_as,
    make_package,
    usual_rows,
)
from tests.web import text


def test_a_week_shows_what_it_amounts_to_with_the_projects(alice: Client, cast: Cast) -> None:
    now = timezone.now()
    assess_as(cast.project, usual_rows(moved=1), at=now - timedelta(days=2))
    html = alice.get("/").content
    assert "this week: 1 cleared or better" in text(html)
    assert "better orjson 1.0: upgrade → ready on 2 targets practice-api" in text(html)


def test_a_week_is_silent_about_what_only_became_known(alice: Client, cast: Cast) -> None:
    cast.project.assessments.all().delete()
    now = timezone.now()
    for days, verdict in ((2, Verdict.UNKNOWN), (1, Verdict.DEGRADED)):
        assess_as(cast.project, {LINUX_314: [make_package("uvloop", verdict)]}, at=now - timedelta(days=days))
    assert "this week:" not in text(alice.get("/").content)


def test_the_burn_down_has_a_bar_for_each_day_in_words(alice: Client, cast: Cast) -> None:
    now = timezone.now()
    cast.project.assessments.all().delete()
    assess_as(cast.project, {LINUX_314: [make_package("pyyaml", Verdict.BLOCKED)]}, at=now - timedelta(days=1))
    assert "The first assessment was made" not in text(alice.get("/").content)
    assess_as(cast.project, {LINUX_314: [make_package("pyyaml")]}, at=now)
    said = text(alice.get("/").content)
    assert "3.14 on Linux x86-64 0 of 1 project ready, 1 blocked 1 of 1 project ready" in said


def test_numbers_of_plots_have_points_where_the_language_writes_commas(alice: Client, cast: Cast) -> None:
    cast.project.assessments.all().delete()
    assess_as(cast.project, usual_rows(), at=timezone.now() - timedelta(days=2))
    html = alice.get("/", headers={"Accept-Language": "de"}).content.decode()
    assert "translate(33.33 40) scale(26.67 -0.4)" in html
    assert 'x="0.0" y="0" width="100.0"' in html


def test_the_first_day_has_no_burn_down_yet(alice: Client, cast: Cast) -> None:
    cast.project.assessments.all().delete()
    assess_as(cast.project, usual_rows(), at=timezone.now())
    assert "The first assessment was made just now." in text(alice.get("/").content)
