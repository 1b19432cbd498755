"""Assessing a snapshot against the replay index: unknown at first, complete in the end, anew only when it differs."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from packaging.utils import NormalizedName
from pytest_django.fixtures import Settings

from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.target_result import TargetResult
from projects.models import Assessment, AssessmentState, Origin, Project, ProjectTarget, Snapshot
from projects.presentation.cell_summary import cell_text
from projects.presentation.stored import IndexReading
from projects.selectors import project_state
from projects.services.assessments import run
from projects.services.assessments.evaluate import Evaluation
from projects.services.assessments.fetch import FetchResult, fetch_missing
from projects.services.assessments.run import CLAIM_FOR, assess_snapshot
from projects.services.assessments.stale import stale_snapshots
from projects.services.assessments.store import store_evaluation
from projects.services.assessments.stored_results import StoredResults
from projects.services.indexes import indexes_of
from projects.services.snapshots import take_snapshot
from scanner.domain.resolution.model.missing import Missing
from scanner.index.client import IndexClient
from scanner.models import Package, Release
from scanner.selectors.lacking_metadata import FIRST_PAUSE
from scanner.services.indexes import get_index
from scanner.services.polling.poll import poll_package
from tests.cast import bare_project
from tests.replay import ReplayIndex, a_file, faults

pytestmark = pytest.mark.django_db(transaction=True)

WINDOWS, LINUX = "cp313-win_amd64", "cp313-manylinux_2_28_x86_64"


@pytest.fixture
def project() -> Project:
    project = bare_project("practice")
    ProjectTarget.objects.create(project=project, slug=WINDOWS, position=0)
    return project


def snapshot_of(project: Project, text: str) -> Snapshot:
    return take_snapshot(project, {"requirements.txt": text.encode()}, ["requirements.txt"], origin=Origin.PASTE)


def assess(snapshot: Snapshot, replay: ReplayIndex) -> bool:
    return assess_snapshot(snapshot.pk, timezone.now(), IndexClient(replay.url))


@pytest.fixture(autouse=True)
def _no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks are called by hand here; a queued one would wait for nobody."""
    monkeypatch.setattr("projects.jobs.request_assessment", lambda snapshot_id: None)


def test_an_assessment_fetches_what_it_needs_and_ends_complete(project: Project, replay: ReplayIndex) -> None:
    assert assess(snapshot_of(project, "greenlet==3.0.3\n"), replay) is False
    assessment = Assessment.objects.get()
    assert assessment.state == AssessmentState.COMPLETE
    target = assessment.targets.get()
    assert (target.target, target.verdict, target.blockers) == (WINDOWS, "conditional", ["greenlet"])
    assert target.plan is not None
    assert target.plan["changes"][0]["to"] == "3.1.0"
    assert [link.package.name for link in project.packages.select_related("package")] == ["greenlet"]


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


def test_a_change_of_the_file_of_known_breaks_makes_assessments_stale_until_they_are_made_again(
    project: Project, replay: ReplayIndex, settings: Settings, tmp_path: Path
) -> None:
    snapshot = snapshot_of(project, "six==1.16.0\n")
    assess(snapshot, replay)
    assert stale_snapshots(timezone.now()) == []
    own = tmp_path / "breaks.toml"
    own.write_text(
        '[[break]]\npackage = "six"\nversions = "<2"\npythons = ">=3.13"\naction = "import six"\n'
        'symptom = "TypeError"\nsource = "ours"\n'
    )
    settings.WHEELWAY_KNOWN_BREAKS = str(own)
    assert stale_snapshots(timezone.now()) == [snapshot.pk]
    assess(snapshot, replay)
    assert stale_snapshots(timezone.now()) == []
    assert Assessment.objects.latest("pk").targets.get().blockers == ["six"]


def test_projects_that_ask_the_same_store_what_one_alone_stores_and_it_is_made_once(
    replay: ReplayIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, of = [], StoredResults.of

    def counted(results: Sequence[TargetResult]) -> StoredResults:
        made.append(of(results))
        return made[-1]

    replay.add_package("demo", [a_file("demo-1.0-cp313-cp313-manylinux_2_28_x86_64.whl")])
    projects = [bare_project(f"same-{number}") for number in range(3)]
    for project in projects:
        ProjectTarget.objects.create(project=project, slug=WINDOWS, position=0)
    snapshots = [snapshot_of(project, "demo\n") for project in projects]
    for snapshot in snapshots:
        assess(snapshot, replay)
    replay.add_files("demo", ["demo-1.0-cp313-cp313-win_amd64.whl"])
    poll_package(Package.objects.get(name="demo").pk, IndexClient(replay.url), timezone.now())
    monkeypatch.setattr(StoredResults, "of", counted)
    assert stale_snapshots(timezone.now()) == [snapshot.pk for snapshot in snapshots]
    for snapshot in snapshots:
        assess(snapshot, replay)
    assert len(made) == 1
    stored = [Assessment.objects.filter(project=project).newest_first().first() for project in projects]
    said = {
        (one.digest, str(one.changes), str(one.targets.values_list("verdict", "packages"))) for one in stored if one
    }
    assert len(said) == 1
    (first, *_) = stored
    assert first is not None
    assert first.changes
    assert first.digest == StoredResults.of([row.to_result() for row in first.targets.all()]).digest([])


def test_the_same_answer_is_confirmed_and_not_written_again(project: Project, replay: ReplayIndex) -> None:
    snapshot = snapshot_of(project, "six==1.16.0\n")
    assess(snapshot, replay)
    before = Assessment.objects.get()
    assess(snapshot, replay)
    after = Assessment.objects.get()
    assert after.created_at == before.created_at
    assert after.confirmed_at > before.confirmed_at


def test_a_package_that_changed_makes_the_assessment_stale_and_a_new_answer_is_a_new_row(
    project: Project, replay: ReplayIndex
) -> None:
    replay.as_of = "2024-08-15"
    snapshot = snapshot_of(project, "greenlet==3.0.3\n")
    assess(snapshot, replay)
    assert Assessment.objects.get().targets.get().verdict == "no-go"
    assert stale_snapshots(timezone.now()) == []
    replay.as_of = None
    poll_package(Package.objects.get(name="greenlet").pk, IndexClient(replay.url), timezone.now())
    assert stale_snapshots(timezone.now()) == [snapshot.pk]
    assess(snapshot, replay)
    assert [one.targets.get().verdict for one in Assessment.objects.order_by("pk")] == ["no-go", "conditional"]


def test_a_dependency_of_a_rejected_release_makes_the_assessment_stale_too(
    project: Project, replay: ReplayIndex
) -> None:
    wheels = {version: f"top-{version}-py3-none-any.whl" for version in ("1.0", "2.0")}
    replay.add_package("top", [a_file(wheels["1.0"]), a_file(wheels["2.0"], requires_dist=["leaf>=2"])])
    replay.add_package("leaf", [a_file("leaf-1.0-py3-none-any.whl")])
    project.source_builds = "never"
    project.save()
    snapshot = snapshot_of(project, "top\n")
    assess(snapshot, replay)
    names = {row["name"]: row["version"] for row in Assessment.objects.get().targets.get().packages}
    assert (names, stale_snapshots(timezone.now())) == ({"top": "1.0"}, [])
    assert [one.package.name for one in project.consulted.select_related("package")] == ["leaf"]

    replay.add_files("leaf", [a_file("leaf-2.0-py3-none-any.whl")])
    poll_package(Package.objects.get(name="leaf").pk, IndexClient(replay.url), timezone.now())
    assert stale_snapshots(timezone.now()) == [snapshot.pk]
    assess(snapshot, replay)
    rows = Assessment.objects.order_by("-pk")[0].targets.get().packages
    assert {row["name"]: row["version"] for row in rows} == {"top": "2.0", "leaf": "2.0"}
    assert not project.consulted.exists()


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


def test_only_the_newest_snapshot_of_a_project_is_assessed(project: Project, replay: ReplayIndex) -> None:
    old = snapshot_of(project, "six==1.16.0\n")
    snapshot_of(project, "six==1.15.0\n")
    assert assess(old, replay) is False
    assert not Assessment.objects.exists()


def test_a_snapshot_that_another_worker_is_at_is_left_alone_until_its_claim_has_run_out(
    project: Project, replay: ReplayIndex
) -> None:
    snapshot = snapshot_of(project, "six==1.16.0\n")
    now = timezone.now()
    assert Snapshot.objects.claim(snapshot.pk, now, CLAIM_FOR)
    assert assess(snapshot, replay) is False
    assert not Assessment.objects.exists()
    assess_snapshot(snapshot.pk, now + CLAIM_FOR + timedelta(seconds=1), IndexClient(replay.url))
    assert Assessment.objects.get().state == AssessmentState.COMPLETE


def test_a_package_named_by_an_address_is_never_asked_for(project: Project, replay: ReplayIndex) -> None:
    assess(snapshot_of(project, "private @ https://files.example/private-1.0-py3-none-any.whl\n"), replay)
    assert not Package.objects.filter(index=get_index(), name="private").exists()
    assert not any("private" in request.path for request in replay.requests)


@pytest.mark.parametrize(
    ("member", "build", "verdict", "project_verdict"),
    [("dark/__init__.py", "pure", "degraded", "go"), ("src/_dark.c", "compiled: C", "blocked", "no-go")],
)
def test_an_sdist_that_a_verdict_hangs_on_is_looked_into(
    project: Project, replay: ReplayIndex, member: str, build: str, verdict: str, project_verdict: str
) -> None:
    pkg_info = b"Metadata-Version: 2.2\nName: dark\nVersion: 1.0\n"
    replay.add_package("dark", [a_file("dark-1.0.tar.gz", members={member: b"", "PKG-INFO": pkg_info})])
    assert assess(snapshot_of(project, "dark==1.0\n"), replay) is False
    target = Assessment.objects.order_by("-pk")[0].targets.get()
    (row,) = target.packages
    assert (row["detail"], row["verdict"], target.verdict) == (build, verdict, project_verdict)


@pytest.mark.parametrize("fault", [faults.Status(404), faults.Status(500), faults.Replace(b"<html></html>")], ids=str)
def test_a_release_whose_metadata_cannot_be_had_is_unknown_and_so_is_the_project(
    project: Project, replay: ReplayIndex, fault: faults.Fault
) -> None:
    replay.add_package("top", [a_file("top-1.0-py3-none-any.whl", requires_dist=["leaf"])])
    replay.add_package("leaf", ["leaf-1.0-py3-none-any.whl"])
    replay.fail(fault, "/files/top/*")
    snapshot = snapshot_of(project, "top\nsix==1.16.0\n")
    assert assess(snapshot, replay) is False
    assessment = Assessment.objects.get()
    assert assessment.state == AssessmentState.PARTIAL
    target = assessment.targets.get()
    rows = {row["name"]: row for row in target.packages}
    assert (rows["top"]["verdict"], rows["six"]["verdict"], target.verdict) == ("unknown", "ready", "unknown")
    assert rows["top"]["reason"]["kind"] == "unread-metadata"
    # Until its next attempt is due, a job can learn nothing more, and is not repeated at once.
    assert assess(snapshot, replay) is False
    replay.clear_faults()
    Release.objects.update(metadata_tried_at=timezone.now() - FIRST_PAUSE)
    assert stale_snapshots(timezone.now()) == [snapshot.pk]
    assert assess(snapshot, replay) is False
    assert Assessment.objects.order_by("-pk")[0].targets.get().verdict == "go"


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


def test_projects_that_ask_the_same_are_assessed_one_after_the_other(project: Project, replay: ReplayIndex) -> None:
    other = bare_project("other")
    between = bare_project("between")
    texts = {project: "six==1.16.0\n", between: "idna\n", other: "six==1.16.0\n"}
    for one in (between, other):
        ProjectTarget.objects.create(project=one, slug=WINDOWS, position=0)
    keys = {one: snapshot_of(one, text) for one, text in texts.items()}
    for snapshot in keys.values():
        assess(snapshot, replay)
    Assessment.objects.update(confirmed_at=timezone.now() - timedelta(days=1))
    order = stale_snapshots(timezone.now())
    assert sorted(order) == sorted(one.pk for one in keys.values())
    assert abs(order.index(keys[project].pk) - order.index(keys[other].pk)) == 1
