"""What a package's events take from the projects that use it: written down once, closed when it is over."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.models import (
    Assessment,
    AssessmentState,
    Note,
    Project,
    ProjectPackage,
    ProjectTarget,
    Snapshot,
    TargetAssessment,
)
from projects.services.alerts import dispatch as alerts
from projects.services.alerts import upstream_notes as notes
from projects.services.alerts.dispatch import dispatch_events
from projects.services.alerts.upstream_notes import dismiss_note
from scanner.domain.index_page.page import IndexFile
from scanner.domain.matching.availability import Availability
from scanner.models import Index, Package, WheelEvent
from scanner.services.settle_releases import settle_releases
from tests.cast import make_package
from tests.projects.watching import HOUR, NOON, person, polled, project_of, sdist, wheel

pytestmark = pytest.mark.django_db

MAC, WINDOWS = "cp313-macosx_14_0_x86_64", "cp313-win_amd64"
MAC_TAGS, WINDOWS_TAGS = "cp313-cp313-macosx_11_0_x86_64", "cp313-cp313-win_amd64"
LATER = NOON + HOUR
GOOD = (wheel("demo", "1.0", MAC_TAGS), wheel("demo", "1.0", WINDOWS_TAGS))
BAD = (wheel("demo", "1.1", WINDOWS_TAGS), sdist("demo", "1.1"))


def using(package: Package, *targets: str, name: str = "app", version: str = "1.0", specifier: str = ">=1") -> Project:
    """A project whose newest assessment rests on the package at a version."""
    project = project_of(name=name)
    ProjectTarget.objects.filter(project=project).delete()
    ProjectPackage.objects.create(project=project, package=package)
    for position, slug in enumerate(targets):
        ProjectTarget.objects.create(project=project, slug=slug, position=position)
    assessed(project, package.name, version=version, specifier=specifier)
    return project


def assessed(project: Project, name: str, **row: Any) -> Assessment:
    """A complete assessment of the project made at noon."""
    snapshot = Snapshot.objects.create(project=project, origin="paste", digest="0" * 64)
    Snapshot.objects.update(created_at=NOON)
    made = Assessment.objects.create(
        snapshot=snapshot,
        project=project,
        state=AssessmentState.COMPLETE,
        index_url="https://index.example/",
        created_at=NOON,
        confirmed_at=NOON,
    )
    other = make_package("another", version="7", specifier="")
    packages = [other.to_json(), make_package(name, **row).to_json()]
    for position, slug in enumerate(project.targets.values_list("slug", flat=True)):
        TargetAssessment.objects.create(
            assessment=made, target=slug, position=position, verdict="go", packages=packages
        )
    return made


def released(name: str, *files: IndexFile) -> None:
    """A page with these files is polled an hour later, and its new releases are quiet."""
    polled(name, *files, seen_at=LATER)
    settle_releases(LATER)


def told() -> list[tuple[str, str, str]]:
    return [(note.project.name, note.kind, note.subject) for note in Note.objects.open().order_by("pk")]


def test_a_release_that_drops_a_target_in_use_is_noted_with_its_evidence() -> None:
    using(polled("demo", *GOOD), MAC, WINDOWS)
    released("demo", *GOOD, *BAD)
    dispatch_events(LATER)
    note = Note.objects.get()
    assert (note.name, note.kind, note.subject) == ("demo", "regression", "1.1")
    assert note.facts["before"] == "1.0"
    (place,) = note.facts["places"]
    assert place == {
        "target": MAC,
        "in_use": "1.0",
        "specifier": ">=1",
        "file": f"demo-1.0-{MAC_TAGS}.whl",
        "offered": "source",
        "admitted": True,
        "builds": False,
    }
    assert not WheelEvent.objects.unprocessed().exists()
    dispatch_events(LATER)
    assert Note.objects.count() == 1


@pytest.mark.parametrize(
    ("targets", "more"),
    [((WINDOWS,), {}), ((MAC,), {"version": "1.1.1"}), ((MAC,), {"availability": Availability.INACTIVE})],
    ids=["another target", "beyond it", "its marker does not hold"],
)
def test_who_loses_nothing_is_told_nothing(targets: tuple[str, ...], more: dict[str, str]) -> None:
    project = using(polled("demo", *GOOD), *targets)
    assessed(project, "demo", **{"version": "1.0", "specifier": "", **more})
    released("demo", *GOOD, *BAD)
    dispatch_events(LATER)
    assert told() == []
    assert not WheelEvent.objects.unprocessed().exists()


def test_a_target_outside_the_catalogue_is_judged_from_the_releases_themselves() -> None:
    floor, pypy = "cp313-manylinux_2_26_x86_64", "pp39-manylinux_2_26_x86_64"
    good, bad = (
        [wheel("demo", version, f"{tags}-manylinux_{glibc}_x86_64") for tags in ("cp313-cp313", "pp39-pypy39_pp73")]
        for version, glibc in (("1.0", "2_26"), ("1.1", "2_28"))
    )
    using(polled("demo", *good), floor, pypy)
    # On every target of the catalogue the new release is as good, so no regression event is written.
    released("demo", *good, *bad)
    assert not WheelEvent.objects.filter(kind="regression").exists()
    dispatch_events(LATER)
    note = Note.objects.get()
    assert [place["target"] for place in note.facts["places"]] == [floor, pypy]


def test_a_wheel_that_joins_the_release_later_ends_the_note() -> None:
    using(polled("demo", *GOOD), MAC)
    released("demo", *GOOD, *BAD)
    dispatch_events(LATER)
    polled("demo", *GOOD, *BAD, wheel("demo", "1.1", MAC_TAGS, at=LATER), seen_at=LATER)
    dispatch_events(LATER + HOUR)
    assert told() == []
    assert Note.objects.get().closed_because == "demo 1.1 has the wheels again"


def withdrawn(reason: str = "") -> tuple[IndexFile, ...]:
    return tuple(
        IndexFile(file.filename, file.url, uploaded_at=file.uploaded_at, yanked=True, yanked_reason=reason or None)
        for file in GOOD
    )


def test_a_yank_of_the_version_in_use_is_one_note_however_many_files_it_has() -> None:
    older = wheel("demo", "0.9", MAC_TAGS)
    using(polled("demo", older, *GOOD), MAC, specifier="==1.0")
    polled("demo", older, *withdrawn("it deletes your files"), seen_at=LATER)
    dispatch_events(LATER)
    note = Note.objects.get()
    assert (note.kind, note.subject) == ("yank", "1.0")
    assert (note.facts["reason"], note.facts["instead"]) == ("it deletes your files", "0.9")
    assert note.facts["places"][0]["file"] == f"demo-1.0-{MAC_TAGS}.whl"


def test_a_range_that_was_assessed_again_before_the_dispatch_still_hears_of_the_yank() -> None:
    project = using(polled("demo", wheel("demo", "0.9", MAC_TAGS), *GOOD), MAC)
    polled("demo", wheel("demo", "0.9", MAC_TAGS), *withdrawn(), seen_at=LATER)
    Assessment.objects.filter(pk=assessed(project, "demo", version="0.9", specifier=">=0.9").pk).update(
        created_at=LATER + HOUR
    )
    dispatch_events(LATER + HOUR)
    assert told() == [("app", "yank", "1.0")]


def test_a_yank_of_another_version_is_no_news() -> None:
    using(polled("demo", wheel("demo", "0.9", MAC_TAGS), *GOOD), MAC, version="0.9")
    polled("demo", wheel("demo", "0.9", MAC_TAGS), *withdrawn(), seen_at=LATER)
    dispatch_events(LATER)
    assert told() == []


def test_a_yank_that_flaps_is_the_same_note_and_one_of_another_day_a_new_one() -> None:
    using(polled("demo", *GOOD), MAC)

    def turn(files: tuple[IndexFile, ...], now: Any) -> None:
        polled("demo", *files, seen_at=now)
        dispatch_events(now + HOUR)

    turn(withdrawn(), LATER)
    first = Note.objects.open().get()
    turn(GOOD, LATER + 2 * HOUR)
    assert told() == []
    assert Note.objects.get().closed_because == "demo 1.0 is not yanked any more"
    turn(withdrawn(), LATER + 5 * HOUR)
    assert Note.objects.open().get() == first
    turn(GOOD, LATER + 8 * HOUR)
    turn(withdrawn(), LATER + timedelta(days=3))
    assert Note.objects.count() == 2
    assert Note.objects.open().get() != first


@pytest.mark.parametrize("status", ["archived", "deprecated", "quarantined"])
def test_a_package_in_use_that_changes_its_status_is_noted_until_it_is_active_again(status: str) -> None:
    package = polled("demo", *GOOD)
    using(package, MAC)
    dispatch_events(NOON)

    def becomes(now_status: str, before: str) -> None:
        Package.objects.update(status=now_status, status_reason="so it is")
        WheelEvent.objects.create(package=package, kind="status", detail=f"{before} → {now_status}", seen_at=LATER)
        dispatch_events(LATER)

    becomes(status, "active")
    assert told() == [("app", "status", status)]
    assert Note.objects.get().facts["reason"] == "so it is"
    becomes("active", status)
    assert told() == []


def test_a_dismissed_note_stays_dismissed(django_user_model: type[User]) -> None:
    project = using(polled("demo", *GOOD), MAC)
    polled("demo", *withdrawn(), seen_at=LATER)
    dispatch_events(LATER)
    alice = person()
    dismiss_note(project_of(name="other"), Note.objects.get().pk, alice, "not mine", LATER)
    assert Note.objects.get().dismissed_at is None
    dismiss_note(project, Note.objects.get().pk, alice, "we do not use it there", LATER)
    polled(
        "demo", *withdrawn("another reason"), wheel("demo", "1.0", "cp312-cp312-win_amd64", yanked=True), seen_at=LATER
    )
    dispatch_events(LATER + HOUR)
    assert told() == []
    assert Note.objects.get().dismissed_because == "we do not use it there"


def test_a_release_on_one_index_that_another_one_completes_is_no_loss() -> None:
    public = polled("demo", *GOOD)
    project = using(public, MAC)
    private = Index.objects.create(url="https://private.example/simple", scope=f"project:{project.pk}")
    twin = polled("demo", GOOD[0], index=private)
    lonely = using(public, MAC, name="lonely")
    ProjectPackage.objects.create(project=project, package=twin)
    polled("demo", GOOD[0], wheel("demo", "1.1", MAC_TAGS), seen_at=LATER, index=private)
    released("demo", *GOOD, *BAD)
    dispatch_events(LATER)
    assert told() == [(lonely.name, "regression", "1.1")]


def test_a_crash_while_notes_are_written_loses_nothing_and_doubles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    using(polled("demo", *GOOD), MAC)
    released("demo", *GOOD, *BAD)
    for part, place in ((notes, "_close"), (notes, "_write"), (alerts, "gather_digests")):
        with monkeypatch.context() as patch:
            patch.setattr(part, place, _die)
            with pytest.raises(SystemExit):
                dispatch_events(LATER)
    dispatch_events(LATER)
    assert told() == [("app", "regression", "1.1")]


def _die(*_: object) -> None:
    raise SystemExit


@pytest.mark.parametrize("files", [(*GOOD, *BAD), withdrawn("broken")], ids=["regression", "yank"])
def test_fifty_projects_cost_as_many_queries_as_one(files: tuple[IndexFile, ...]) -> None:
    package = polled("demo", *GOOD)
    using(package, MAC, WINDOWS)
    released("demo", *files)

    def queries() -> int:
        Note.objects.all().delete()
        WheelEvent.objects.filter(kind__in=["release", "yanked"]).update(processed_at=None)
        with CaptureQueriesContext(connection) as captured:
            dispatch_events(LATER)
        return len(captured)

    first = queries()
    assert Note.objects.count() == 1
    for number in range(49):
        using(package, MAC, WINDOWS, name=f"app-{number}")
    assert queries() == first
    assert Note.objects.count() == 50


def test_a_release_that_loses_nothing_costs_no_look_at_any_assessment() -> None:
    using(polled("demo", *GOOD), MAC, WINDOWS)
    dispatch_events(NOON)
    released("demo", *GOOD, wheel("demo", "1.1", MAC_TAGS), wheel("demo", "1.1", WINDOWS_TAGS))
    with CaptureQueriesContext(connection) as queries:
        dispatch_events(LATER)
    assert not any("projects_targetassessment" in query["sql"] for query in queries)
