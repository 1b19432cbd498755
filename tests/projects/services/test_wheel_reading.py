"""Wheels in use are read once, and one whose package cannot be imported makes its release not ready."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from random import Random
from typing import NoReturn

import pytest
from celery.exceptions import Retry
from django.utils import timezone
from pytest_django.fixtures import Settings

from projects.models import Assessment, Origin, Project, ProjectTarget, Snapshot
from projects.services.assessments.run import assess_snapshot
from projects.services.snapshots import take_snapshot
from projects.services.wheel_reading import read_snapshot_wheels
from projects.tasks import READ_WHEELS_TRIES, read_modules, read_wheels
from scanner.domain.evidence.compiled_modules import CompiledFault, CompiledFinding
from scanner.domain.files.zip_directory import cut_members
from scanner.index.errors import InvalidArchive
from scanner.models import StoredWheelReading
from scanner.selectors.wheel_readings import wheel_readings
from tests.cast import bare_project
from tests.replay import ReplayIndex, a_file
from tests.replay.packages import ReplayFile

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("requested")]

OLD, NEW = "cp312-manylinux_2_28_x86_64", "cp313-manylinux_2_28_x86_64"


WEB = b"import cgi\n"
FAST, MODULE = "fast-1.0-cp313-cp313-win_amd64.whl", b"MZ" + bytes(64) + b"numpy.core._multiarray_umath\0"


@pytest.fixture
def index(settings: Settings) -> Iterator[ReplayIndex]:
    files = [
        a_file("orm-1.0-py3-none-any.whl", members={"orm/__init__.py": b"from orm import web\n", "orm/web.py": WEB}),
        a_file("orm-2.0-py3-none-any.whl", members={"orm/__init__.py": b"", "orm/web.py": WEB}),
    ]
    with ReplayIndex() as made:
        made.add_package("orm", files)
        made.add_package("fast", [a_file(FAST, members={"fast/__init__.py": b"", "fast/core.pyd": MODULE})])
        made.add_package("zeros", [a_file("zeros-1.0-py3-none-any.whl", members={"zeros.py": b"\0" * 5_000_000})])
        settings.WHEELWAY_READ_WHEELS = 100
        settings.WHEELWAY_INDEX_URL = made.url
        yield made


def make(requirements: bytes) -> tuple[Project, int]:
    project = bare_project("practice")
    for position, slug in enumerate((OLD, NEW)):
        ProjectTarget.objects.create(project=project, slug=slug, position=position)
    files = {"requirements.txt": requirements}
    return project, take_snapshot(project, files, list(files), origin=Origin.PASTE).pk


def verdicts(project: Project) -> dict[str, str]:
    newest = Assessment.objects.filter(project=project).newest_first().first()
    assert newest is not None
    return {row.target: row.to_result().packages[0].verdict.value for row in newest.targets.all()}


def test_a_wheel_that_cannot_be_imported_makes_its_release_not_ready(index: ReplayIndex) -> None:
    project, snapshot = make(b"orm==1.0\n")
    assess_snapshot(snapshot, timezone.now())
    assert verdicts(project) == {OLD: "ready", NEW: "ready"}
    read = read_snapshot_wheels(snapshot, timezone.now())
    assert (read.wheels, read.breaking) == (1, 1)
    assess_snapshot(snapshot, timezone.now())
    assert verdicts(project) == {OLD: "ready", NEW: "upgrade"}
    # The plan takes 2.0, which is read too, and of which only another module fails.
    assert read_snapshot_wheels(snapshot, timezone.now()).breaking == 0
    (stored,) = StoredWheelReading.objects.filter(version="2.0")
    assert [(one["path"], one["line"], one["guard"]) for one in stored.imports] == [("orm/web.py", 1, "other-module")]
    assert read_snapshot_wheels(snapshot, timezone.now()).wheels == 0


def test_where_releases_break_in_a_row_twice_as_many_of_the_next_are_read_at_once(index: ReplayIndex) -> None:
    files = {f"{at}.0": {"chain.py": b"import cgi\n" if at < 9 else b""} for at in range(1, 12)}
    index.add_package("chain", [a_file(f"chain-{at}-py3-none-any.whl", members=one) for at, one in files.items()])
    project, snapshot = make(b"chain==1.0\n")
    read, rounds = [], 0
    while rounds < 9:
        assess_snapshot(snapshot, timezone.now())
        wheels = read_snapshot_wheels(snapshot, timezone.now()).wheels
        if not wheels:
            break
        read.append(wheels)
        rounds += 1
    assert read == [1, 3, 7]
    assert verdicts(project)[NEW] == "upgrade"


def twins(name: str, files: dict[str, dict[str, bytes]]) -> list[ReplayFile]:
    return [a_file(f"{name}-1.0-{tags}.whl", members=members) for tags, members in files.items()]


OLDER, NEWER = "cp312-cp312-manylinux_2_28_x86_64", "cp313-cp313-manylinux_2_28_x86_64"


def test_wheels_of_a_release_with_equal_python_files_are_read_once(
    index: ReplayIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []

    def run(function: partial[object], *arguments: object) -> object:
        read.append(function.func)
        return function(*arguments)

    monkeypatch.setattr("projects.services.wheel_reading.run_limited", run)
    large = [Random(seed).randbytes(150_000) for seed in (1, 2)]
    same = {"same/__init__.py": WEB}
    index.add_package("same", twins("same", {tags: {**same, "same/core.so": large.pop()} for tags in (OLDER, NEWER)}))
    index.add_package("unlike", twins("unlike", {OLDER: {"unlike.py": WEB}, NEWER: {"unlike.py": WEB + b"\n"}}))
    _, snapshot = make(b"same\nunlike\n")
    assess_snapshot(snapshot, timezone.now())
    found = read_snapshot_wheels(snapshot, timezone.now())
    assert (found.wheels, found.breaking, len(read)) == (4, 4, 3)
    rows = StoredWheelReading.objects.filter(package="same").values_list("modules", "imports", "breaks", "files")
    assert len(rows) == 2
    assert rows[0] == rows[1]
    # The directory of each, and the Python file of one.
    assert sum("/same-1.0-" in one.path and one.path.endswith(".whl") for one in index.requests) == 3


def test_a_wheel_like_one_that_could_not_be_fetched_is_read_itself(
    index: ReplayIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Its directory came, and its files did not.
    lost = [f"same-1.0-{OLDER}.whl"]
    monkeypatch.setattr(
        "scanner.index.archives.wheel_sources.cut_members",
        lambda ranges, planned: _refuse(lost) if lost else cut_members(ranges, planned),
    )
    same = {"same/__init__.py": WEB}
    index.add_package("same", twins("same", {OLDER: same, NEWER: same}))
    _, snapshot = make(b"same\n")
    assess_snapshot(snapshot, timezone.now())
    assert read_snapshot_wheels(snapshot, timezone.now()).wheels == 1
    assert sorted(StoredWheelReading.objects.values_list("error", "breaks")) == [("", True), ("cut", False)]


def _refuse(lost: list[str]) -> NoReturn:
    raise InvalidArchive(lost.pop(), "cut")


def test_a_file_that_unpacks_to_too_much_is_counted_and_not_read(index: ReplayIndex) -> None:
    _, snapshot = make(b"zeros\n")
    assess_snapshot(snapshot, timezone.now())
    assert read_snapshot_wheels(snapshot, timezone.now()).breaking == 0
    (stored,) = StoredWheelReading.objects.all()
    assert (stored.unread, stored.imports) == (1, [])


def test_compiled_modules_are_read_once_and_only_on_demand(index: ReplayIndex) -> None:
    project, snapshot = make(b"fast==1.0\n")
    ProjectTarget.objects.filter(project=project, slug=NEW).update(slug="cp313-win_amd64")
    assess_snapshot(snapshot, timezone.now())
    read_snapshot_wheels(snapshot, timezone.now())
    assert StoredWheelReading.objects.get(filename=FAST).compiled is None
    assert read_modules.apply(args=(project.pk, FAST), throw=True).get() == 1
    compiled = wheel_readings([FAST])[FAST].compiled
    assert compiled is not None
    assert compiled.findings == (CompiledFinding(CompiledFault.NUMPY_1, "fast/core.pyd"),)
    assert read_modules.apply(args=(project.pk, FAST), throw=True).get() == 0


def test_nothing_is_read_where_it_is_off(index: ReplayIndex, settings: Settings) -> None:
    _, snapshot = make(b"orm==1.0\n")
    assess_snapshot(snapshot, timezone.now())
    settings.WHEELWAY_READ_WHEELS = 0
    assert read_snapshot_wheels(snapshot, timezone.now()).wheels == 0


def test_wheels_wait_while_an_assessment_is_being_made_and_are_read_after_it(
    index: ReplayIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, snapshot = make(b"orm==1.0\n")
    assess_snapshot(snapshot, timezone.now())
    waited: list[int] = []
    monkeypatch.setattr("projects.tasks.continue_assessment.delay", waited.append)
    Snapshot.objects.update(assessing_until=timezone.now() + timedelta(minutes=1))
    with pytest.raises(Retry):
        read_wheels.apply(args=(snapshot,), throw=True)
    assert not StoredWheelReading.objects.exists()
    read_wheels.apply(args=(snapshot,), retries=READ_WHEELS_TRIES, throw=True)
    assert StoredWheelReading.objects.count() == 1
    assert waited == [snapshot]
