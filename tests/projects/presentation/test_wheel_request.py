"""What a team may send to maintainers: when, with which checks, and into which form."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from projects.domain.assessment.package_result import NewestMismatch
from projects.domain.assessment.verdicts import Verdict
from projects.presentation.wheel_request import WheelRequest, wheel_request
from scanner.domain.files.project_links import LinkKind, ProjectLink
from scanner.domain.matching.availability import Availability
from scanner.domain.matching.reason import MismatchKind, WheelMismatch
from tests.cast import LINUX_313, files_reason, make_package

FREE_THREADED = "cp314t-manylinux_2_28_x86_64"


def link(url: str, kind: LinkKind = LinkKind.TRACKER) -> ProjectLink:
    return ProjectLink(kind, "Issues", url)


def asked(slug: str = LINUX_313, *links: ProjectLink, **fields: Any) -> WheelRequest:
    found = wheel_request(make_package("orjson", Verdict.BLOCKED, **fields), slug, links)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "verdict", [Verdict.READY, Verdict.UPGRADE, Verdict.INACTIVE, Verdict.NOT_JUDGED, Verdict.HELD_BACK]
)
def test_nothing_is_asked_for_where_a_version_serves_already(verdict: Verdict) -> None:
    assert wheel_request(make_package("orjson", verdict), LINUX_313, ()) is None


def test_nothing_is_asked_for_a_name_that_the_index_does_not_have() -> None:
    package = make_package("orjsn", Verdict.BLOCKED, availability=Availability.ABSENT)
    assert wheel_request(package, LINUX_313, ()) is None


def test_the_text_names_package_version_target_and_what_was_looked_at() -> None:
    request = asked()
    assert request.title == "Please add a wheel for cp313 on Linux x86-64"
    assert "We would like to use orjson on Python 3.13 on Linux x86-64 (glibc 2.28)." in request.body
    assert "orjson 1.0, the newest release, cannot be installed there from a wheel: no wheel for cp313." in request.body
    assert all(f"- {check}" in request.body for check in request.checks)
    assert request.checks[1] == "abi3: 1.0 has no abi3 wheel that serves Python 3.13 there."
    assert request.waits == ""


def test_a_free_threaded_python_is_told_from_what_abi3_serves() -> None:
    assert asked(FREE_THREADED).checks[1].startswith("abi3: a wheel with abi3 alone serves no free-threaded Python.")


@pytest.mark.parametrize(
    ("mismatch", "title"),
    [
        (WheelMismatch(MismatchKind.REQUIRES_PYTHON, ("<3.13",), "3.13.0"), "Please support Python 3.13"),
        (
            WheelMismatch(MismatchKind.FLOOR, ("glibc 2.34",), "2.28", floor=(2, 34)),
            "Please add a wheel for glibc 2.28 on Linux x86-64",
        ),
    ],
    ids=["Requires-Python", "floor"],
)
def test_the_title_asks_for_what_is_missing(mismatch: WheelMismatch, title: str) -> None:
    assert asked(newest_mismatch=NewestMismatch("2.0", files_reason(Availability.NONE, mismatch))).title == title


@pytest.mark.parametrize(
    ("fields", "slug", "words"),
    [
        ({"package_status": "archived"}, LINUX_313, "The index marks it as archived: look for a successor first."),
        ({"may_get_files": True}, LINUX_313, "1.0 is new and still takes files"),
        ({}, "cp316-manylinux_2_28_x86_64", "Python 3.16 is not released"),
    ],
    ids=["archived", "still takes files", "unreleased Python"],
)
def test_it_says_why_to_wait(fields: dict[str, object], slug: str, words: str) -> None:
    assert asked(slug, **fields).waits.startswith(words)


@pytest.mark.parametrize(
    ("url", "new", "title"),
    [
        ("https://github.com/ijl/orjson/issues", "https://github.com/ijl/orjson/issues/new", "title"),
        ("https://www.github.com/ijl/orjson.git", "https://github.com/ijl/orjson/issues/new", "title"),
        ("https://gitlab.com/a/b/c/-/issues", "https://gitlab.com/a/b/c/-/issues/new", "issue[title]"),
        ("https://codeberg.org/a/b", "https://codeberg.org/a/b/issues/new", "title"),
    ],
)
def test_the_form_of_a_known_host_opens_with_the_text(url: str, new: str, title: str) -> None:
    request = asked(LINUX_313, link("https://docs.example/", LinkKind.HOMEPAGE), link(url, LinkKind.SOURCE))
    address = urlsplit(request.tracker)
    assert request.is_filled
    assert f"{address.scheme}://{address.netloc}{address.path}" == new
    assert parse_qs(address.query)[title] == [request.title]
    assert request.search.endswith("=cp313")


@pytest.mark.parametrize(
    ("links", "tracker"),
    [((link("https://bugs.example/orjson"),), "https://bugs.example/orjson"), ((), "")],
    ids=["another tracker", "no links"],
)
def test_another_tracker_is_linked_without_a_text(links: tuple[ProjectLink, ...], tracker: str) -> None:
    request = asked(LINUX_313, *links)
    assert (request.tracker, request.is_filled, request.search) == (tracker, False, "")


def test_a_build_of_the_newest_version_can_be_asked_about_and_of_an_older_one_not() -> None:
    build: dict[str, Any] = {"availability": Availability.SOURCE, "build_detail": "compiled: C", "version": "1.0"}
    newest = make_package("orjson", Verdict.DEGRADED, newest_version="1.0", **build)
    older = make_package("orjson", Verdict.DEGRADED, newest_version="2.0", **build)
    request = wheel_request(newest, LINUX_313, ())
    assert request is not None
    assert request.checks[0] == "Newer versions: there is none; 1.0 is the newest."
    assert wheel_request(older, LINUX_313, ()) is None
