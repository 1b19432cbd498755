"""A target that hangs on an sdist is undecided until a job has looked into it, and stays decided once it is."""

from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone
from pytest_django.fixtures import Settings

from projects.models import Assessment, AssessmentState, Project, ProjectTarget, Snapshot
from projects.services.assessments import fetch, run
from projects.services.assessments.evaluate import Evaluation
from projects.services.assessments.stale import stale_snapshots
from projects.services.assessments.store import store_evaluation
from scanner.models import Package, Release
from scanner.selectors.sdist_looks import LOOK_PAUSE
from tests.projects.services.assessments.assessed import LINUX, assess, snapshot_of
from tests.replay import ReplayIndex, a_file, faults

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_queue")]


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return how many targets each stored evaluation counts as decided. Nothing is left out for want of time."""
    seen: list[int] = []
    store_partly = run._Run._store_partly

    def watched(snapshot: Snapshot, found: Evaluation, *rest: Any) -> None:
        store_evaluation(snapshot, found, *rest)
        seen.append(Assessment.objects.newest_first()[0].targets.filter(is_decided=True).count())

    def at_once(self: Any, *how: Any) -> None:
        self._next = 0
        store_partly(self, *how)

    monkeypatch.setattr(run, "store_evaluation", watched)
    monkeypatch.setattr(run._Run, "_store_partly", at_once)
    return seen


def add_dark(replay: ReplayIndex, name: str = "dark") -> None:
    """Add a package of pure Python whose one release has nothing but an sdist."""
    pkg_info = f"Metadata-Version: 2.2\nName: {name}\nVersion: 1.0\n".encode()
    members = {f"{name}/__init__.py": b"", "PKG-INFO": pkg_info}
    replay.add_package(name, [a_file(f"{name}-1.0.tar.gz", members=members)])


def undo_looks() -> None:
    """Store as if the metadata had been read and no sdist looked into."""
    Assessment.objects.all().delete()
    Release.objects.update(build_detail="", build_tried_at=None)
    Package.objects.update(revision=F("revision") + 1)


def test_what_is_stored_decides_no_target_that_hangs_on_an_sdist(
    project: Project, replay: ReplayIndex, counts: list[int]
) -> None:
    ProjectTarget.objects.create(project=project, slug=LINUX, position=1)
    add_dark(replay)
    snapshot = snapshot_of(project, "dark ; sys_platform == 'win32'\nsix==1.16.0\n")
    assess(snapshot, replay)
    undo_looks()
    counts.clear()
    assess(snapshot, replay)
    assert (counts[0], counts[-1]) == (1, 2)


def test_a_job_whose_budget_ends_leaves_the_sdist_to_the_next_one(
    project: Project, replay: ReplayIndex, settings: Settings
) -> None:
    add_dark(replay)
    snapshot = snapshot_of(project, "dark\n")
    assess(snapshot, replay)
    undo_looks()
    settings.WHEELWAY_ASSESSMENT_REQUESTS = 0
    assert assess(snapshot, replay) is True
    stopped = Assessment.objects.get()
    assert (stopped.state, stopped.stopped) == (AssessmentState.PARTIAL, "requests")
    assert stopped.targets.get().is_decided is False
    settings.WHEELWAY_ASSESSMENT_REQUESTS = 5_000
    assert assess(snapshot, replay) is False
    done = Assessment.objects.get()
    assert (done.state, done.stopped, done.targets.get().verdict) == (AssessmentState.COMPLETE, "", "go")


def test_an_sdist_that_the_index_cannot_give_is_asked_for_again_after_a_pause(
    project: Project, replay: ReplayIndex
) -> None:
    add_dark(replay)
    snapshot = snapshot_of(project, "dark\n")
    assess(snapshot, replay)
    undo_looks()
    replay.fail(faults.Status(500), "/files/*")
    assert assess(snapshot, replay) is False
    assert Assessment.objects.get().state == AssessmentState.PARTIAL
    replay.clear_faults()
    replay.clear_log()
    assert stale_snapshots(timezone.now()) == [snapshot.pk]
    assert assess(snapshot, replay) is False
    assert replay.requests == []
    Release.objects.update(build_tried_at=timezone.now() - LOOK_PAUSE)
    assert assess(snapshot, replay) is False
    done = Assessment.objects.get()
    assert (done.state, done.targets.get().verdict) == (AssessmentState.COMPLETE, "go")


def test_sdists_behind_some_that_cannot_be_read_are_looked_into_in_the_same_job(
    project: Project, replay: ReplayIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "MOST_SDISTS", 1)
    for name in ("dark", "dim"):
        add_dark(replay, name)
    snapshot = snapshot_of(project, "dark\ndim\n")
    assess(snapshot, replay)
    undo_looks()
    replay.fail(faults.Status(500), "/files/dark/*")
    assess(snapshot, replay)
    rows = {row["name"]: row["verdict"] for row in Assessment.objects.get().targets.get().packages}
    assert rows == {"dark": "unknown", "dim": "degraded"}


def test_the_count_of_decided_targets_never_goes_back(project: Project, replay: ReplayIndex, counts: list[int]) -> None:
    """Older Pythons take a release with a wheel, and are searched again once the sdist of a later one is seen."""
    for position, slug in enumerate(("cp312", "cp311", "cp310"), 1):
        ProjectTarget.objects.create(project=project, slug=f"{slug}-{LINUX.partition('-')[2]}", position=position)
    ProjectTarget.objects.create(project=project, slug="cp313-macosx_14_0_arm64", position=5)
    members = {"dark/__init__.py": b"", "PKG-INFO": b"Metadata-Version: 2.2\nName: dark\nVersion: 2.0\n"}
    sdist = a_file("dark-2.0.tar.gz", requires_python=">=3.13", members=members)
    replay.add_package("dark", ["dark-1.0-py3-none-any.whl", sdist])
    for depth in range(8):
        needs = [f"deep{depth + 1}"] if depth < 7 else []
        replay.add_package(f"deep{depth}", [a_file(f"deep{depth}-1.0-py3-none-any.whl", requires_dist=needs)])
    lines = "dark ; sys_platform != 'darwin'\ndeep0 ; sys_platform == 'darwin'\n"
    assert assess(snapshot_of(project, lines), replay) is False
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (0, 5)
    assert 3 in counts
