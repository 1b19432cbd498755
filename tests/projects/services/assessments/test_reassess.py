"""Assessing again after an event: equal to a whole assessment, with only what changed computed again."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from msgspec.structs import replace

from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.searches import TargetSearches
from projects.presentation.formats.schema import target_document
from projects.services.assessments import reassess as reassessing
from projects.services.assessments.budget import Budget
from projects.services.assessments.evaluate import Evaluation, evaluate, search_stored
from projects.services.assessments.fetch import FROM_STORE, fetch_missing
from projects.services.assessments.read_index import IndexReader
from projects.services.assessments.reassess import reevaluate
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.domain.targets.target import Target, parse_target
from scanner.index.client import IndexClient
from scanner.services.index_sets import one_index
from scanner.services.refresh import refresh
from tests.projects.known import requirements, targets
from tests.replay import ReplayIndex, a_file

pytestmark = pytest.mark.django_db(transaction=True)

PLATFORMS = ("manylinux_2_28_x86_64", "win_amd64", "win_arm64")
REQUEST = AssessmentRequest(
    requirements("core==1.0\ntop>=1\n"),
    targets(*(f"cp313-{platform}" for platform in PLATFORMS)),
    BuildPolicy(),
    timezone.now(),
)


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reassessing, "_kept", OrderedDict())


@pytest.fixture
def index(replay: ReplayIndex) -> ReplayIndex:
    linux = "manylinux_2_28_x86_64"
    replay.add_package("core", [a_file(f"core-{v}-cp313-cp313-{linux}.whl") for v in ("1.0", "1.1")])
    replay.add_package("top", [a_file("top-1.0-py3-none-any.whl", requires_dist=["core", "leaf"])])
    replay.add_package("leaf", [a_file("leaf-1.0-py3-none-any.whl")])
    return replay


def quiet(name: str, done: int, total: int) -> None:
    """Report no progress."""


def read(replay: ReplayIndex, *names: str) -> None:
    """Poll these packages, and all that is missing."""
    indexes = one_index(replay.url, IndexClient(replay.url))
    refresh(indexes, names, on_polled=quiet, fresh_for=timedelta(0))
    fetch_missing(REQUEST, indexes=indexes, progress=quiet, fresh_for=FROM_STORE, budget=Budget(60))


def documents(found: Evaluation) -> list[dict[str, Any]]:
    return [target_document(target) for target in found.targets]


def new_dependent(index: ReplayIndex) -> None:
    index.add_package("extra", [a_file("extra-1.0-py3-none-any.whl")])
    index.add_files("top", [a_file("top-2.0-py3-none-any.whl", requires_dist=["extra"])])


EVENTS: dict[str, Callable[[ReplayIndex], None]] = {
    "a wheel joins a release": lambda index: index.add_files("core", [a_file("core-1.0-cp313-cp313-win_amd64.whl")]),
    "a better wheel for the same": lambda index: index.add_files(
        "core", [a_file("core-1.0-1-cp313-cp313-manylinux_2_28_x86_64.whl")]
    ),
    "a release comes": lambda index: index.add_files("core", [a_file("core-1.2-py3-none-any.whl")]),
    "a release is yanked": lambda index: index.yank("core", "1.0", "broken"),
    "a newer dependent needs something new": new_dependent,
    "nothing": lambda index: None,
}


@pytest.mark.parametrize("event", EVENTS)
def test_answering_again_says_what_answering_in_full_says(index: ReplayIndex, event: str) -> None:
    indexes = one_index(index.url)
    read(index, "core", "top", "leaf")
    first = reevaluate("practice", REQUEST, indexes=indexes)
    assert documents(first) == documents(evaluate(REQUEST, indexes=indexes))
    EVENTS[event](index)
    read(index, "core", "top", "leaf")
    later = replace(REQUEST, now=timezone.now())
    again = reevaluate("practice", later, indexes=indexes)
    assert documents(again) == documents(evaluate(later, indexes=indexes))
    assert (documents(again) == documents(first)) is (event == "nothing")


def test_what_the_present_target_gets_is_compared_everywhere(index: ReplayIndex) -> None:
    asked = replace(REQUEST, requirements=requirements("core\n"), present=parse_target("cp312-manylinux_2_28_x86_64"))
    index.add_files("core", [a_file("core-0.9-py3-none-any.whl")])
    indexes = one_index(index.url)
    read(index, "core")
    first = reevaluate("practice", asked, indexes=indexes)
    index.add_files("core", [a_file("core-1.0-cp312-cp312-manylinux_2_28_x86_64.whl")])
    read(index, "core")
    later = replace(asked, now=timezone.now())
    again = reevaluate("practice", later, indexes=indexes)
    assert documents(again) == documents(evaluate(later, indexes=indexes)) != documents(first)


def test_only_the_target_that_a_wheel_serves_is_resolved_again(
    index: ReplayIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexes = one_index(index.url)
    read(index, "core", "top", "leaf")
    reevaluate("practice", REQUEST, indexes=indexes)
    seen: list[list[str]] = []

    def watched(request: AssessmentRequest, reader: IndexReader, on: Sequence[Target]) -> TargetSearches:
        seen.append([target.slug for target in on])
        return search_stored(request, reader, on)

    monkeypatch.setattr(reassessing, "search_stored", watched)
    EVENTS["a wheel joins a release"](index)
    read(index, "core")
    reevaluate("practice", REQUEST, indexes=indexes)
    assert seen == [["cp313-win_amd64"]]


def test_fetching_goes_on_with_what_was_read_but_for_what_was_stored_since(index: ReplayIndex) -> None:
    indexes = one_index(index.url, IndexClient(index.url))
    read(index, "core", "top", "leaf")
    reader = IndexReader(indexes, REQUEST)
    before = reevaluate("practice", REQUEST, indexes=indexes, reader=reader)
    assert reader.names == {"core", "top", "leaf"}
    EVENTS["a wheel joins a release"](index)
    read(index, "core")
    fetched = fetch_missing(
        REQUEST, indexes=indexes, progress=quiet, fresh_for=FROM_STORE, budget=Budget(60), reader=reader
    )
    found = evaluate(REQUEST, indexes=indexes, resolved=fetched.resolved)
    assert documents(found) == documents(evaluate(REQUEST, indexes=indexes)) != documents(before)


def test_another_wish_for_the_same_project_is_answered_in_full(index: ReplayIndex) -> None:
    indexes = one_index(index.url)
    read(index, "core", "top", "leaf")
    reevaluate("practice", REQUEST, indexes=indexes)
    other = replace(REQUEST, targets=REQUEST.targets[:1])
    assert documents(reevaluate("practice", other, indexes=indexes)) == documents(evaluate(other, indexes=indexes))
