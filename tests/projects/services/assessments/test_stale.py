"""What makes a stored assessment stale, and the order in which stale ones are assessed."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from projects.models import Assessment, Project, ProjectTarget
from projects.services.assessments.stale import stale_snapshots
from scanner.index.client import IndexClient
from scanner.models import Package
from scanner.services.polling.poll import poll_package
from tests.cast import bare_project
from tests.projects.services.assessments.assessed import WINDOWS, assess, snapshot_of
from tests.replay import ReplayIndex, a_file

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_queue")]


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
