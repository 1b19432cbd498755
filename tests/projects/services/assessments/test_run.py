"""Assessing a snapshot against the replay index: which snapshots are, what is asked for it, and what is stored."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.utils import timezone

from projects.domain.assessment.target_result import TargetResult
from projects.models import Assessment, AssessmentState, Project, ProjectTarget, Snapshot
from projects.services.assessments.run import CLAIM_FOR, assess_snapshot
from projects.services.assessments.stale import stale_snapshots
from projects.services.assessments.stored_results import StoredResults
from scanner.index.client import IndexClient
from scanner.models import Package, Release
from scanner.selectors.lacking_metadata import FIRST_PAUSE
from scanner.services.indexes import get_index
from scanner.services.polling.poll import poll_package
from tests.cast import bare_project
from tests.projects.services.assessments.assessed import WINDOWS, assess, snapshot_of
from tests.replay import ReplayIndex, a_file, faults

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_queue")]


def test_an_assessment_fetches_what_it_needs_and_ends_complete(project: Project, replay: ReplayIndex) -> None:
    assert assess(snapshot_of(project, "greenlet==3.0.3\n"), replay) is False
    assessment = Assessment.objects.get()
    assert assessment.state == AssessmentState.COMPLETE
    target = assessment.targets.get()
    assert (target.target, target.verdict, target.blockers) == (WINDOWS, "conditional", ["greenlet"])
    assert target.plan is not None
    assert target.plan["changes"][0]["to"] == "3.1.0"
    assert [link.package.name for link in project.packages.select_related("package")] == ["greenlet"]


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
