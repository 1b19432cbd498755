"""What a job stores before all is decided, and what the next job does with it."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db.models import F
from django.utils import timezone
from packaging.utils import NormalizedName
from pytest_django.fixtures import Settings

from projects.domain.assessment.request import AssessmentRequest
from projects.models import Assessment, AssessmentState, Project, ProjectTarget, Snapshot
from projects.presentation.cell_summary import cell_text
from projects.presentation.stored import IndexReading
from projects.selectors import project_state
from projects.services.assessments import run
from projects.services.assessments.evaluate import Evaluation
from projects.services.assessments.fetch import FetchResult, fetch_missing
from projects.services.assessments.stale import stale_snapshots
from projects.services.assessments.store import store_evaluation
from projects.services.indexes import indexes_of
from scanner.domain.resolution.model.missing import Missing
from scanner.index.client import IndexClient
from scanner.models import HostThrottle, Package, Release
from scanner.selectors.lacking_metadata import FIRST_PAUSE
from scanner.selectors.sdist_looks import LOOK_PAUSE
from scanner.services.polling.poll import poll_package
from tests.projects.services.assessments.assessed import LINUX, WINDOWS, assess, snapshot_of
from tests.replay import ReplayIndex, a_file, faults

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_queue")]


def test_what_the_index_cannot_tell_now_stays_unknown_and_partial(project: Project, replay: ReplayIndex) -> None:
    replay.fail(faults.Status(503), "/simple/greenlet/")
    snapshot = snapshot_of(project, "greenlet==3.0.3\nsix==1.16.0\n")
    assert assess(snapshot, replay) is False
    assessment = Assessment.objects.get()
    assert assessment.state == AssessmentState.PARTIAL
    assert "greenlet" in assessment.missing
    rows = {row["name"]: row["verdict"] for row in assessment.targets.get().packages}
    assert rows["greenlet"] == "unknown"
    assert assessment.targets.get().verdict == "unknown"
    assert stale_snapshots(timezone.now()) == [snapshot.pk]
    assert project_state(project).reading == IndexReading(frozenset({"six"}))


def test_what_is_missing_is_told_anew_although_no_verdict_moves(project: Project) -> None:
    snapshot = snapshot_of(project, "greenlet==3.0.3\n")
    for name in ("greenlet", "six"):
        missing = Missing((NormalizedName(name),))
        store_evaluation(snapshot, Evaluation([], missing, frozenset()), indexes_of(project), "")
    assert Assessment.objects.get().missing == ["six"]


def test_an_answer_stays_until_the_next_one_is_there_unless_more_is_asked(
    project: Project, replay: ReplayIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: list[bool] = []

    def watched(snapshot: Snapshot, found: Evaluation, *rest: Any) -> None:
        stored.append(bool(found.undecided))
        store_evaluation(snapshot, found, *rest)

    monkeypatch.setattr(run, "store_evaluation", watched)
    monkeypatch.setattr(run, "FIRST_REFRESH", 0)
    replay.add_package("demo", [a_file("demo-1.0-py3-none-any.whl")])
    snapshot = snapshot_of(project, "demo\n")
    assess(snapshot, replay)
    assert stored[0], "the first answer is shown as it grows"
    stored.clear()
    replay.add_files("demo", [a_file("demo-2.0-py3-none-any.whl", requires_dist=["six"])])
    poll_package(Package.objects.get(name="demo").pk, IndexClient(replay.url), timezone.now())
    assess(snapshot, replay)
    assert stored == [False]
    replay.add_files("demo", [a_file("demo-3.0-py3-none-any.whl")])
    poll_package(Package.objects.get(name="demo").pk, IndexClient(replay.url), timezone.now())
    ProjectTarget.objects.create(project=project, slug=LINUX, position=1)
    assess(snapshot, replay)
    assert stored[1]
    assert not stored[-1]


def test_what_is_shown_first_of_a_package_that_installs_is_no_verdict(
    project: Project, replay: ReplayIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside what its metadata bring it may still turn out otherwise."""
    shown: list[list[tuple[str, str]]] = []

    def watched(snapshot: Snapshot, found: Evaluation, *rest: Any) -> None:
        shown.append([(one.name, cell_text(one)) for target in found.targets for one in target.packages])

    monkeypatch.setattr(run, "store_evaluation", watched)
    monkeypatch.setattr(run, "FIRST_REFRESH", 0)
    replay.add_package("demo", [a_file("demo-1.0-py3-none-any.whl")])
    assess(snapshot_of(project, "demo\n"), replay)
    assert [shown[0], shown[-1]] == [[("demo", "1.0 so far")], [("demo", "pure")]]


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return the targets of each search that fetches."""
    seen: list[list[str]] = []

    def fetch(request: AssessmentRequest, **how: Any) -> FetchResult:
        seen.append([target.slug for target in request.targets])
        return fetch_missing(request, **how)

    monkeypatch.setattr("projects.services.assessments.run.fetch_missing", fetch)
    return seen


def test_a_later_job_searches_only_the_targets_that_are_undecided(
    project: Project, replay: ReplayIndex, searched: list[list[str]]
) -> None:
    ProjectTarget.objects.create(project=project, slug=LINUX, position=1)
    replay.fail(faults.Status(500), "/simple/greenlet/")
    snapshot = snapshot_of(project, "six==1.16.0\ngreenlet==3.1.1 ; sys_platform == 'win32'\n")
    assert assess(snapshot, replay) is False
    partial = Assessment.objects.get()
    assert {row.target: (row.verdict, row.is_decided) for row in partial.targets.all()} == {
        WINDOWS: ("unknown", False),
        LINUX: ("go", True),
    }
    replay.clear_faults()
    Package.objects.update(due_at=None)
    assert assess(snapshot, replay) is False
    assert searched == [[WINDOWS, LINUX], [WINDOWS]]
    whole = Assessment.objects.get()
    assert whole.state == AssessmentState.COMPLETE
    assert {row.target: row.verdict for row in whole.targets.all()} == {WINDOWS: "go", LINUX: "go"}


def test_what_was_decided_counts_only_while_the_question_and_the_packages_are_the_same(
    project: Project, replay: ReplayIndex, searched: list[list[str]]
) -> None:
    ProjectTarget.objects.create(project=project, slug=LINUX, position=1)
    replay.fail(faults.Status(500), "/simple/greenlet/")
    snapshot = snapshot_of(project, "six==1.16.0\ngreenlet==3.1.1 ; sys_platform == 'win32'\n")
    assess(snapshot, replay)
    Package.objects.filter(name="six").update(changed_at=timezone.now())
    assess(snapshot, replay)
    project.source_builds = "never"
    project.save()
    assess(snapshot, replay)
    assert searched.count([WINDOWS]) == 2


@pytest.mark.parametrize(
    ("setting", "reason"), [("WHEELWAY_ASSESSMENT_REQUESTS", "requests"), ("WHEELWAY_ASSESSMENT_MEMORY_MB", "memory")]
)
def test_a_job_that_spends_its_budget_says_so_and_the_next_one_goes_on(
    project: Project, replay: ReplayIndex, settings: Settings, setting: str, reason: str
) -> None:
    setattr(settings, setting, 0)
    snapshot = snapshot_of(project, "greenlet==3.0.3\n")
    assert assess(snapshot, replay) is True
    stopped = Assessment.objects.get()
    assert (stopped.state, stopped.stopped, stopped.targets.get().verdict) == ("partial", reason, "unknown")
    setattr(settings, setting, 5_000)
    assert assess(snapshot, replay) is False
    done = Assessment.objects.get()
    assert (done.state, done.stopped, done.targets.get().verdict) == ("complete", "", "conditional")


def test_what_the_index_did_not_answer_is_said_with_the_time_of_the_next_attempt(
    project: Project, replay: ReplayIndex
) -> None:
    replay.fail(faults.Status(500), "/simple/greenlet/")
    snapshot = snapshot_of(project, "greenlet==3.0.3\n")
    for _ in range(2):
        # The second job asks for nothing, as the next attempt is not due.
        assess(snapshot, replay)
        waiting = Assessment.objects.get()
        due_at = Package.objects.get(name="greenlet").due_at
        assert due_at is not None
        assert due_at > timezone.now()
        assert (waiting.stopped, waiting.next_try_at) == ("index", due_at)
    replay.clear_faults()
    Package.objects.update(due_at=None)
    assess(snapshot, replay)
    done = Assessment.objects.get()
    assert (done.state, done.stopped, done.next_try_at) == (AssessmentState.COMPLETE, "", None)


def test_the_next_attempt_at_metadata_and_at_an_sdist_is_that_after_their_pause(
    project: Project, replay: ReplayIndex
) -> None:
    replay.add_package("top", [a_file("top-1.0-py3-none-any.whl")])
    replay.fail(faults.Status(500), "/files/*")
    assess(snapshot_of(project, "top\n"), replay)
    tried_at = Release.objects.get(package__name="top").metadata_tried_at
    assert tried_at is not None
    assert Assessment.objects.get().next_try_at == tried_at + FIRST_PAUSE
    replay.clear_faults()
    pkg_info = b"Metadata-Version: 2.2\nName: dark\nVersion: 1.0\n"
    replay.add_package("dark", [a_file("dark-1.0.tar.gz", members={"PKG-INFO": pkg_info})])
    snapshot = snapshot_of(project, "dark\n")
    assess(snapshot, replay)
    Assessment.objects.all().delete()
    Release.objects.update(build_detail="", build_tried_at=None)
    Package.objects.update(revision=F("revision") + 1)
    replay.fail(faults.Status(500), "/files/dark/*")
    assess(snapshot, replay)
    looked_at = Release.objects.get(package__name="dark").build_tried_at
    assert looked_at is not None
    assert Assessment.objects.get().next_try_at == looked_at + LOOK_PAUSE


def test_what_is_due_at_a_host_that_asked_for_a_pause_is_asked_for_when_that_ends(
    project: Project, replay: ReplayIndex
) -> None:
    until = timezone.now() + timedelta(minutes=3)
    HostThrottle.objects.create(host=urlsplit(replay.url).netloc, closed_until=until)
    replay.add_package("top", [a_file("top-1.0-py3-none-any.whl")])
    replay.fail(faults.Status(429, retry_after=180), "/files/*")
    snapshot = snapshot_of(project, "top\n")
    assert assess(snapshot, replay) is False
    found = Assessment.objects.get()
    assert Release.objects.get(package__name="top").metadata_tried_at is None
    assert (found.stopped, found.next_try_at) == ("index", until)
