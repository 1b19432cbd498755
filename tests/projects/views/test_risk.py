"""The page of one project."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from msgspec.structs import replace
from packaging.utils import NormalizedName
from pytest_django import DjangoAssertNumQueries

from projects.domain.assessment.package_result import AvailableVersion
from projects.domain.assessment.reasons import PackageReason, ReasonKind
from projects.domain.assessment.stop_reason import StopReason
from projects.domain.assessment.verdicts import Verdict
from projects.domain.permissions import Role
from projects.models import Assessment
from projects.presentation.risk_table.query import DEFAULT_STATES
from projects.templatetags.verdicts import glyph
from tests.cast import (
    LINUX_313,
    NOON,
    TARGETS,
    WINDOWS_313,
    Cast,
    add_member,
    assess_as,
    make_package,
    make_project,
    rest_on,
    take_snapshot_of,
    usual_rows,
)
from tests.web import htmx, without_tags

PAGE = "/projects/practice-api/"
CELL = f"{PAGE}cells/{WINDOWS_313}/pyyaml/"
HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'


@pytest.mark.parametrize("path", [PAGE, CELL, f"{PAGE}export.csv", f"{PAGE}export.json"])
@pytest.mark.parametrize("headers", [{}, htmx()])
def test_pages_of_a_project_are_for_its_members(
    client: Client, alice: Client, bob: Client, carol: Client, path: str, headers: dict[str, str]
) -> None:
    anonymous = client.get(path, headers=headers)
    assert (anonymous.status_code, anonymous.headers["Location"]) == (302, f"/sign-in/?next={path}")
    assert carol.get(path, headers=headers).status_code == 404
    assert alice.get(path, headers=headers).status_code == bob.get(path, headers=headers).status_code == 200


def test_the_page_answers_first_then_shows_where_then_what_stands_in_the_way(alice: Client) -> None:
    said = without_tags(alice.get(PAGE).content)
    order = [
        said.index("Python 3.13 on Linux x86-64: ready after 1 upgrade."),
        said.index("Python 3.14 on Linux x86-64: not yet. pyyaml: no wheel for cp313"),
        said.index("Where it can run"),
        said.index("1 blocked"),
        said.index("What blocks the move"),
        said.index("3 of 4 packages"),
    ]
    assert order == sorted(order)


def test_only_those_who_may_change_the_project_see_how(alice: Client, bob: Client) -> None:
    assert b"New requirements" in alice.get(PAGE).content
    assert b"New requirements" not in bob.get(PAGE).content


def test_a_chosen_target_is_told_with_all_its_columns(alice: Client) -> None:
    page = alice.get(PAGE, {"target": WINDOWS_313})
    table = page.content.decode().partition('<table class="risk">')[2]
    heads = re.findall(r'<th scope="col"[^>]*><a[^>]*>(.*?)</a>', table)
    assert [re.sub(r"<[^>]+>", "", head) for head in heads] == [
        "Package",
        "Current version",
        "3.13 Windows x64",
        "Evidence",
        "Severity",
        "Reason",
        "Works from",
        "Latest",
    ]
    row = re.search(r"<tr>\s*<th scope=\"row\">(.*?)</tr>", table, re.DOTALL)
    assert row is not None
    cells = [without_tags(cell.encode()).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row[1], re.DOTALL)]
    assert cells == [
        "1.0",
        "upgrade 9.0",
        "&ndash;",
        "moderate",
        "no wheel for cp313; has cp38 to cp312",
        "9.0",
        "9.0",
    ]
    assert 'aria-current="true"' in page.content.decode()


def test_filters_sort_and_states_come_from_the_address(alice: Client) -> None:
    everything = alice.get(PAGE, {"state": ["ready", "blocked", "upgrade", "degraded"], "sort": "-name"})
    names = re.findall(r'hx-boost="false">([\w-]+)</a> <span class="ver">', everything.content.decode())
    assert names == ["sqlalchemy", "pyyaml", "orjson", "aiohttp"]
    assert 'aria-sort="descending"' in everything.content.decode()
    one = alice.get(PAGE, {"q": "JSON"})
    assert "1 of 4 packages" in without_tags(one.content)
    nothing = alice.get(PAGE, {"q": "zzz"})
    assert "No package with “zzz” in its name" in without_tags(nothing.content)


def test_attributes_filter_the_table_and_its_export_alike(alice: Client) -> None:
    asked = {"severity": "high", "target": TARGETS}
    page = without_tags(alice.get(PAGE, asked).content)
    assert "1 of 4 packages" in page
    lines = alice.get(f"{PAGE}export.csv", asked).content.decode().splitlines()
    assert {line.split(",")[2] for line in lines[1:]} == {"pyyaml"}


def test_rows_that_only_their_state_hides_are_named(alice: Client) -> None:
    page = without_tags(alice.get(PAGE, {"evidence": "wheel", "target": WINDOWS_313}).content)
    assert "1 more has a state that is not shown. Show every state" in page


def test_columns_stand_below_their_platforms(alice: Client) -> None:
    page = alice.get(PAGE, {"target": TARGETS}).content.decode()
    groups = re.findall(r'<th translate="no" scope="colgroup" colspan="(\d)">(.*?)(?: <small>.*?)?</th>', page)
    assert groups == [("2", "Linux x86-64"), ("1", "Windows x64")]


@pytest.mark.parametrize(
    ("target", "has", "has_not"),
    [
        ("risk-table", 'id="risk-table"', "<h1>"),
        ("answers", 'id="answers"', "risk-table"),
        ("progress", 'id="progress"', "answers"),
    ],
)
def test_htmx_gets_the_part_that_it_replaces(alice: Client, target: str, has: str, has_not: str) -> None:
    response = alice.get(PAGE, headers=htmx(target))
    assert has in response.content.decode()
    assert has_not not in response.content.decode().replace("answers-changed", "")
    assert "HX-Request" in response.headers["Vary"]


def test_a_plain_request_gets_the_whole_page_that_varies_by_htmx(alice: Client) -> None:
    response = alice.get(PAGE)
    assert b'<h1 translate="no">practice-api</h1>' in response.content
    assert "HX-Request" in response.headers["Vary"]


def test_filtering_by_htmx_keeps_a_short_address_and_the_live_count(alice: Client) -> None:
    asked = {"q": "json", "sort": "-severity", "state": sorted(DEFAULT_STATES)}
    response = alice.get(PAGE, asked, headers=htmx("risk-table", "filters"))
    assert response.headers["HX-Replace-Url"] == f"{PAGE}?q=json"
    assert "1 of 4 packages" in response.content.decode()
    assert 'hx-swap-oob="true"' in response.content.decode()


def test_while_packages_are_missing_the_bar_tells_how_far_it_is_and_asks_again(alice: Client, cast: Cast) -> None:
    rows = {LINUX_313: [make_package("aiohttp"), make_package("greenlet", Verdict.UNKNOWN)]}
    assess_as(cast.project, rows, missing=["greenlet"], resting=["aiohttp"])
    page = alice.get(PAGE).content.decode()
    assert 'max="2" value="1"' in page
    assert "Required packages read" in page
    assert 'max="3" value="0"' in page
    assert "4 packages read so far, dependencies included; next greenlet…" in page
    assert 'hx-trigger="every 2s"' in page
    assert '<a href="/projects/practice-api/">Show the progress</a>' in page
    same = alice.get(PAGE, {"seen": "1-0-3-1"}, headers=htmx("progress"))
    assert "HX-Trigger" not in same.headers
    moved = alice.get(PAGE, {"seen": "0-0-3-2"}, headers=htmx("progress"))
    assert "answers-changed" in moved.headers["HX-Trigger"]


def test_a_page_says_when_an_index_that_did_not_answer_is_asked_again(alice: Client, cast: Cast) -> None:
    rows = {LINUX_313: [make_package("greenlet", Verdict.UNKNOWN)]}
    assess_as(cast.project, rows, missing=["greenlet"])
    later = timezone.now() + timedelta(minutes=9, seconds=30)
    Assessment.objects.update(stopped=StopReason.INDEX, next_try_at=later)
    page = alice.get(PAGE).content.decode()
    assert 'hx-trigger="every 60s"' in page
    (line,) = re.findall(r'<p class="read">(.*?)</p>', page)
    text = re.sub(r"<[^>]+>", "", line)
    assert text == "The index did not answer for all that is needed. Next attempt: in 9 minutes."


def test_when_all_have_answered_the_bar_goes_and_the_answers_are_fetched_once_more(alice: Client) -> None:
    done = alice.get(PAGE, {"seen": "1-0-3-1"}, headers=htmx("progress"))
    assert "answers-changed" in done.headers["HX-Trigger"]
    assert b"every 2s" not in done.content


def test_a_snapshot_without_an_assessment_is_unknown_all_over(alice: Client, cast: Cast) -> None:
    take_snapshot_of(cast.project, ["aiohttp", "orjson"])
    page = alice.get(PAGE).content.decode()
    assert "Required packages read" in page
    assert 0 < page.index(">0 of 2<") < page.index(">0 of 3<")
    assert 'class="ready"' not in page
    assert page.count("not polled</a>") == 2 * 2


def test_what_changed_since_the_last_assessment_is_told(alice: Client, cast: Cast) -> None:
    assess_as(cast.project, usual_rows(moved=1))
    said = without_tags(alice.get(PAGE).content)
    assert "What changed" in said
    assert "better orjson 1.0: upgrade → ready on 3 targets" in said


def test_lines_that_could_not_be_read_are_told_with_their_place(alice: Client, cast: Cast) -> None:
    problem = {"path": "requirements.txt", "line": 7, "text": "what ==", "message": "not a requirement"}
    take_snapshot_of(cast.project, ["aiohttp"], problems=[problem])
    assert "requirements.txt:7 not a requirement: what ==" in without_tags(alice.get(PAGE).content)


def test_freshness_has_exact_utc_in_its_title_and_old_answers_are_marked(alice: Client) -> None:
    page = alice.get(PAGE).content.decode()
    assert 'title="2026-03-02 12:00:00 UTC"' in page
    assert '<span class="stale">stale</span>' in page


def test_a_project_without_targets_or_requirements_says_what_to_do(alice: Client, cast: Cast) -> None:
    cast.project.targets.all().delete()
    assert "No targets are chosen. Choose its targets" in without_tags(alice.get(PAGE).content)
    empty = make_project("empty")
    add_member(empty, cast.alice, Role.MANAGER)
    assert "There are no requirements yet. Paste or upload them" in without_tags(alice.get("/projects/empty/").content)


def test_hostile_text_is_escaped_in_every_column(alice: Client, cast: Cast) -> None:
    row = make_package(
        HOSTILE,
        Verdict.UPGRADE,
        version=HOSTILE,
        reason=PackageReason(ReasonKind.TEXT, HOSTILE),
        source=HOSTILE,
        paths=[[HOSTILE, HOSTILE]],
        direct=False,
        first_available=AvailableVersion(HOSTILE, HOSTILE),
        latest_available=AvailableVersion(HOSTILE, HOSTILE),
    )
    # A name with a slash has no address of its own, so the page's other texts are tried with a plain one too.
    plain = replace(row, name=NormalizedName("plain"))
    problem = {"path": HOSTILE, "line": 1, "text": HOSTILE, "message": HOSTILE}
    snapshot = take_snapshot_of(cast.project, ["plain"], problems=[problem], commit=HOSTILE[:20])
    assess_as(cast.project, {LINUX_313: [plain], WINDOWS_313: [plain]}, snapshot=snapshot)
    paths = [
        PAGE,
        f"{PAGE}?target={LINUX_313}",
        f"{PAGE}?q=%3Cscript%3E",
        f"{PAGE}cells/{LINUX_313}/plain/",
    ]
    for path in paths:
        for headers in ({}, htmx("risk-table")):
            page = alice.get(path, headers=headers).content.decode()
            assert "<script>alert" not in page
            assert "<img src=x" not in page


@pytest.mark.parametrize("packages", [1, 50])
@pytest.mark.parametrize(("path", "queries"), [(PAGE, 9), (f"{PAGE}export.json", 13)])
def test_a_page_asks_the_database_the_same_whatever_the_number_of_packages(
    alice: Client,
    cast: Cast,
    django_assert_num_queries: DjangoAssertNumQueries,
    packages: int,
    path: str,
    queries: int,
) -> None:
    rows = [make_package(f"package-{number}", Verdict.BLOCKED) for number in range(packages)]
    assess_as(cast.project, dict.fromkeys(TARGETS, rows), at=NOON)
    # Session, user, version, project with role; targets, snapshot, requirements, assessment, its targets, age; notes
    # and whether it is followed; for the export no version, but again snapshot, assessment, targets, files, the index.
    alice.get(path)
    with django_assert_num_queries(queries):
        alice.get(path)


def test_a_page_is_as_old_as_the_package_that_was_checked_longest_ago(alice: Client, cast: Cast) -> None:
    rest_on(cast.project, ["old"], checked_at=NOON.replace(year=2025))
    assert 'title="2025-03-02 12:00:00 UTC"' in alice.get(PAGE).content.decode()


def test_counts_and_age_below_the_title_are_a_part_of_their_own(alice: Client) -> None:
    part = alice.get(PAGE, headers=htmx("facts")).content
    assert without_tags(part).endswith("4 requirements, 4 packages")
    assert b"<h1" not in part


def test_the_style_sheet_adds_the_symbol_of_each_verdict() -> None:
    css = Path(settings.BASE_DIR, "static", "css", "site.css").read_text()
    added = re.findall(r'#risk-table td\.cell\.([a-z-]+) > a::before \{ content: "(.)"; content: "(.)" / "";', css)
    assert sorted(added) == sorted((one.value, glyph(one), glyph(one)) for one in Verdict)
