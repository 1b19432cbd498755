"""A command's second process: it decides the targets that the store suffices for, and the rest is left to the first."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from projects.domain.assessment.foresight import Foresight
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.searches import TargetSearches
from projects.domain.assessment.stop_reason import StopReason
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict
from projects.services.assessments import fetch as fetching
from projects.services.assessments import second_process
from projects.services.assessments.budget import Budget, Meter
from projects.services.assessments.evaluate import ResolvedRequest, evaluate
from projects.services.assessments.fetch import FetchResult, fetch_missing
from projects.services.assessments.made_targets import MadeTarget, MadeTargets
from projects.services.assessments.read_index import IndexReader
from projects.services.assessments.second_process import SecondProcess
from scanner.domain.resolution.model.missing import Missing
from scanner.domain.resolution.model.policy import BuildPolicy, SourcePolicy
from scanner.domain.targets.target import parse_target
from scanner.index.client import IndexClient
from scanner.models import Package
from scanner.services.index_sets import IndexSet, one_index
from scanner.services.refresh import FRESH_FOR, Fetcher, FetcherLost, FetchProcesses
from tests.projects.known import requirements, targets
from tests.replay import ReplayIndex, a_file
from tests.replay.faults import Status

LINUX, WINDOWS = "cp313-manylinux_2_28_x86_64", "cp314-win_amd64"
HERE, THERE = targets(LINUX, WINDOWS)
REQUEST = AssessmentRequest(
    requirements("core==1.0\ntop>=1\n"), (HERE, THERE), BuildPolicy(SourcePolicy.NEVER), timezone.now()
)


@pytest.fixture
def indexes(replay: ReplayIndex) -> IndexSet:
    """An index of which all is stored; `leaf` is needed on Windows alone."""
    replay.add_package("core", [a_file("core-1.0-cp313-cp313-manylinux_2_28_x86_64.whl")])
    replay.add_package("top", [a_file("top-1.0-py3-none-any.whl", requires_dist=["leaf; os_name == 'nt'"])])
    replay.add_package("leaf", [a_file("leaf-1.0-py3-none-any.whl")])
    found = one_index(replay.url, IndexClient(replay.url))
    fetch(found)
    return found


def fetch(indexes: IndexSet, *, alone: bool = False) -> FetchResult:
    return fetch_missing(
        REQUEST,
        indexes=indexes,
        progress=lambda name, done, total: None,
        fresh_for=FRESH_FOR,
        budget=Budget(60),
        alone=alone,
    )


def forget(name: str) -> None:
    Package.objects.filter(name=name).delete()


class Stop(Exception):
    """The end of a second process that runs in the first."""


def decided(indexes: IndexSet, monkeypatch: pytest.MonkeyPatch, *, is_served: bool) -> MadeTargets:
    """What the second process decides about Windows, once Linux is searched."""
    found: MadeTargets = {}

    @contextmanager
    def run_here(request: Any, searches: Any, fetcher: Fetcher, decide: Callable[[], MadeTargets]) -> Iterator[None]:
        nonlocal found
        if not is_served:
            monkeypatch.setattr(fetcher, "want_packages", lose)
        found = decide()
        yield
        raise Stop

    def lose(names: Any, *, urgent: bool) -> None:
        raise FetcherLost

    monkeypatch.setattr(fetching, "second_process", run_here)
    # So that the store has what Windows alone needs, but this process has not read it.
    monkeypatch.setattr(Foresight, "look", lambda *_: Missing())
    with suppress(Stop):
        fetch(indexes, alone=True)
    return found


def rows(indexes: IndexSet, found: FetchResult) -> list[TargetResult]:
    return evaluate(REQUEST, indexes=indexes, resolved=found.resolved).targets


@pytest.mark.django_db(transaction=True)
def test_it_decides_its_targets_as_one_process_does(indexes: IndexSet, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = rows(indexes, fetch(indexes))
    found = decided(indexes, monkeypatch, is_served=True)
    assert {target: one.result for target, one in found.items()} == {THERE: alone[1]}
    assert alone[1].blockers == ("core",)


@pytest.mark.django_db(transaction=True)
def test_it_decides_a_target_that_lacks_what_cannot_be_had_and_says_what(
    indexes: IndexSet, replay: ReplayIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    replay.fail(Status(500), "/files/leaf/*")
    forget("leaf")
    alone = evaluate(REQUEST, indexes=indexes, resolved=fetch(indexes).resolved)
    made = decided(indexes, monkeypatch, is_served=True)
    assert made[THERE].result == alone.targets[1]
    assert made[THERE].missing.releases == alone.missing.releases != ()
    resolved = ResolvedRequest(IndexReader(indexes, REQUEST), (), None, made)
    assert resolved.undecided == alone.undecided == {THERE.slug}
    assert resolved.missing.releases == alone.missing.releases


@pytest.mark.django_db(transaction=True)
def test_what_it_lacks_at_a_limit_is_left_to_the_first(
    indexes: IndexSet, replay: ReplayIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget("leaf")
    monkeypatch.setattr(Meter, "stop_reason", lambda *_: StopReason.TIME)
    assert decided(indexes, monkeypatch, is_served=True) == {}


@pytest.mark.django_db(transaction=True)
def test_a_target_is_left_if_no_fetch_process_serves_it(indexes: IndexSet, monkeypatch: pytest.MonkeyPatch) -> None:
    assert decided(indexes, monkeypatch, is_served=False) == {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("answers", [True, False])
def test_what_the_second_process_leaves_is_searched_by_the_first(
    indexes: IndexSet, answers: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = rows(indexes, fetch(indexes))
    theirs = MadeTarget(TargetResult(WINDOWS, ProjectVerdict.UNKNOWN, ()), Missing(), {}, frozenset(), is_decided=True)

    class Child:
        targets = (THERE,)

        def results(self, seconds: float) -> MadeTargets:
            return {THERE: theirs} if answers else {}

    @contextmanager
    def stand_in(request: Any, searches: TargetSearches, fetcher: Any, decide: Any) -> Iterator[Child]:
        searches.put_aside([THERE])
        yield Child()

    monkeypatch.setattr(fetching, "second_process", stand_in)
    assert rows(indexes, fetch(indexes, alone=True)) == [whole[0], theirs.result if answers else whole[1]]


RESULT = MadeTarget(
    TargetResult(LINUX, ProjectVerdict.GO, ()), Missing(), {1: "one"}, frozenset({"one"}), is_decided=False
)


def sleep() -> MadeTargets:
    time.sleep(60)
    return {HERE: RESULT}


def fail() -> MadeTargets:
    raise ValueError


def kill_itself() -> MadeTargets:
    os.kill(os.getpid(), signal.SIGKILL)
    return {HERE: RESULT}


def test_the_results_come_through_a_pipe() -> None:
    child = SecondProcess.start([HERE], lambda: {HERE: RESULT})
    assert child.results(60) == {HERE: RESULT}
    child.end()


@pytest.mark.parametrize("work", [fail, kill_itself])
def test_a_child_that_ends_early_has_decided_nothing(work: Any) -> None:
    child = SecondProcess.start([HERE], work)
    assert child.results(60) == {}
    child.end()


def test_a_child_that_takes_too_long_has_decided_nothing() -> None:
    child = SecondProcess.start([HERE], sleep)
    assert child.results(0.1) == {}
    child.end()


def test_a_child_ends_with_the_work_of_the_first_process() -> None:
    child = SecondProcess.start([HERE], sleep)
    child.end()
    with pytest.raises(ProcessLookupError):
        os.kill(child.pid, 0)


def has_child(indexes: IndexSet) -> bool:
    """Return whether there is a second process for twelve targets."""
    many = AssessmentRequest(
        REQUEST.requirements,
        [parse_target(f"cp3{minor}-{system}") for minor in range(9, 15) for system in ("win_amd64", "win_arm64")],
        REQUEST.policy,
        REQUEST.now,
    )
    reader = IndexReader(indexes, many)
    searches = TargetSearches(many, reader.snapshot)
    fetcher = FetchProcesses(indexes, FRESH_FOR, Fetcher, lambda name, done, total: None)
    with second_process.second_process(many, searches, fetcher, dict) as child:
        return child is not None


@pytest.mark.django_db(transaction=True)
def test_there_is_no_child_within_a_transaction_or_beside_other_threads(
    indexes: IndexSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The replay index has threads in this process.
    assert not has_child(indexes)
    monkeypatch.setattr("threading.active_count", lambda: 1)
    assert has_child(indexes)
    with transaction.atomic():
        assert not has_child(indexes)
