"""The upgrade page of a target: access, contents, downloads, and fetching missing data."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.domain.assessment.stored_conflict import conflict_to_text
from projects.domain.dependency_files.given_files import prepare
from projects.models import SnapshotFile, TargetAssessment
from projects.models.sealed import Sealed
from scanner.domain.resolution.explain.conflict import (
    ConflictExplanation,
    ConflictLine,
    LineKind,
    Relaxation,
    RequirementEdit,
)
from scanner.domain.resolution.explain.plan_reason import PlanReason, PlanReasonKind
from scanner.domain.resolution.explain.reasons import Obstacle
from scanner.domain.resolution.model.plans import VersionChange
from scanner.models import Package, PackageState
from tests.cast import LINUX_313, LINUX_314, WINDOWS_313, Cast, assess_as, make_package, usual_rows
from tests.plans import change, stored_plan
from tests.web import without_tags

PAGE = f"/projects/practice-api/upgrade/{WINDOWS_313}/"
FILE = b"# what runs\naiohttp==1.0\norjson==1.0  # fast\npyyaml==1.0\nsqlalchemy==1.0\n"
HTMX = {"HX-Request": "true", "HX-Target": "upgrade"}


def store_plan(cast: Cast, target: str, changes: Sequence[VersionChange] = (), **plan: Any) -> None:
    stored = stored_plan(changes, **plan)
    TargetAssessment.objects.filter(assessment__project=cast.project, target=target).update(plan=stored)


def moves(*names: str) -> list[VersionChange]:
    return [change(name, "1.0", "9.0", why=PlanReason.from_json(f"{name} 1.0 has no wheel")) for name in names]


@pytest.fixture
def planned(cast: Cast) -> Cast:
    """Store files and a plan for Windows."""
    snapshot = cast.project.snapshots.get()
    SnapshotFile.objects.create(snapshot=snapshot, path="requirements.txt", sha256="0" * 64, content=FILE)
    store_plan(cast, WINDOWS_313, moves("orjson", "pyyaml"))
    return cast


@pytest.fixture
def requested(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Collect the fetches that are queued."""
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr("projects.jobs.request_upgrade", lambda *arguments: asked.append(arguments))
    return asked


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}patch/", f"{PAGE}constraints/"])
def test_only_members_see_the_page_and_its_downloads(
    client: Client, carol: Client, bob: Client, planned: Cast, path: str
) -> None:
    assert client.get(path).headers["Location"] == f"/sign-in/?next={path}"
    assert carol.get(path).status_code == 404
    assert bob.get(path).status_code == 200


@pytest.mark.parametrize("target", [LINUX_313.replace("313", "312"), "never-heard-of"])
def test_a_target_that_the_project_has_not_is_not_found(alice: Client, planned: Cast, target: str) -> None:
    assert alice.get(f"/projects/practice-api/upgrade/{target}/").status_code == 404


def test_the_page_has_the_answer_then_the_changes_then_the_marked_file(bob: Client, planned: Cast) -> None:
    page = bob.get(PAGE).content
    said = without_tags(page)
    answer = said.index("Python 3.13 on Windows x64: ready after upgrades.")
    assert "The plan makes 2 changes: 2 packages that your files name" in said
    table = said.index("What changes")
    assert answer < table < said.index("Checklist") < said.index("What to write")
    assert b"<del>orjson==1.0  # fast</del>" in page
    assert b"<ins>orjson==9.0  # fast</ins>" in page
    assert b"<span># what runs</span>" in page
    assert f"-c constraints-{WINDOWS_313}.txt" in said
    assert f"?target={WINDOWS_313}#risk" in page.decode()


def test_htmx_gets_the_part_and_a_browser_the_page(bob: Client, planned: Cast) -> None:
    part = bob.get(PAGE, headers=HTMX)
    assert part.content.lstrip().startswith(b'<div id="upgrade"')
    assert b"<html" not in part.content
    assert "HX-Request" in part.headers["Vary"]
    assert part.content.strip() in bob.get(PAGE).content


def test_the_patch_and_the_constraints_are_files_to_keep(bob: Client, planned: Cast) -> None:
    patch = bob.get(f"{PAGE}patch/")
    assert patch.headers["Content-Disposition"] == f'attachment; filename="{WINDOWS_313}.patch"'
    assert b"--- a/requirements.txt" in patch.content
    assert b"+pyyaml==9.0" in patch.content
    constraints = bob.get(f"{PAGE}constraints/")
    assert constraints.headers["Content-Disposition"] == f'attachment; filename="constraints-{WINDOWS_313}.txt"'
    assert b"orjson==9.0\npyyaml==9.0\n" in constraints.content
    assert bob.get(f"{PAGE}other/").status_code == 404


def test_a_rewritten_file_is_a_download(bob: Client, planned: Cast) -> None:
    page = bob.get(PAGE).content.decode()
    assert f'href="{PAGE}file/?&amp;path=requirements.txt"' in page
    response = bob.get(f"{PAGE}file/", {"path": "requirements.txt"})
    assert response.content == FILE.replace(b"orjson==1.0", b"orjson==9.0").replace(b"pyyaml==1.0", b"pyyaml==9.0")
    assert response.headers["Content-Disposition"] == 'attachment; filename="requirements.txt"'
    assert bob.get(f"{PAGE}file/", {"path": "/etc/passwd"}).status_code == 404


def test_the_options_are_compared_on_request(bob: Client, planned: Cast) -> None:
    assert "Compare the options side by side" in without_tags(bob.get(PAGE).content)
    page = without_tags(bob.get(PAGE, {"compare": "1"}).content)
    assert "The options side by side" in page
    assert "Stay as it is" in page
    assert "Smallest move" in page


def test_a_cap_that_is_none_is_named_and_kept(bob: Client, planned: Cast) -> None:
    page = bob.get(PAGE, {"cap": "urllib3<2 nonsense"}).content.decode()
    assert 'value="urllib3&lt;2 nonsense"' in page
    assert "Not understood: nonsense." in page


def test_a_login_in_a_file_is_in_no_page_and_no_export_and_only_in_an_editors_download(
    alice: Client, bob: Client, planned: Cast
) -> None:
    login = "team:s3cret-of-the-index"
    content = f"--index-url https://{login}@index.example/simple\n".encode() + FILE
    cast = planned
    prepared = prepare({"requirements.txt": content}, ["requirements.txt"])
    assert login.encode() not in prepared.files["requirements.txt"]
    snapshot = cast.project.snapshots.get()
    snapshot.files.all().delete()
    SnapshotFile.objects.create(
        snapshot=snapshot,
        path="requirements.txt",
        sha256=prepared.sha256["requirements.txt"],
        content=prepared.files["requirements.txt"],
    )
    snapshot.logins = Sealed.of(prepared.logins.to_json())
    snapshot.save()
    for reader in (alice, bob):
        for path in (PAGE, "/projects/practice-api/", "/projects/practice-api/export.json"):
            page = reader.get(path)
            assert page.status_code == 200
            assert b"s3cret" not in page.content
    assert prepared.sha256["requirements.txt"] in alice.get("/projects/practice-api/export.json").content.decode()
    assert b"s3cret" not in bob.get(f"{PAGE}patch/").content
    assert f" --index-url https://{login}@index.example/simple\n" in alice.get(f"{PAGE}patch/").content.decode()


def test_there_is_no_download_without_a_plan(bob: Client, planned: Cast) -> None:
    page = f"/projects/practice-api/upgrade/{LINUX_314}/"
    assert bob.get(f"{page}patch/").status_code == 404
    assert bob.get(f"{page}constraints/").status_code == 404


def test_a_blocker_is_shown_with_its_reason_and_can_be_watched(bob: Client, planned: Cast) -> None:
    reason = PlanReason(
        PlanReasonKind.NO_INSTALLABLE_VERSION,
        name="pyyaml",
        version="1.0",
        obstacles=(Obstacle.NO_FILE,),
        targets=(LINUX_314,),
    )
    store_plan(planned, LINUX_314, moves("orjson"), feasible=False, blockers={"pyyaml": reason})
    page = bob.get(f"/projects/practice-api/upgrade/{LINUX_314}/").content
    assert "No path: pyyaml has no version that works there." in without_tags(page)
    # The reason is that of the row in the table.
    assert "pyyaml: no wheel for cp313." in without_tags(page)
    assert "Tell me when pyyaml clears" in without_tags(page)
    assert f'action="{reverse("watch", args=["practice-api"])}"' in page.decode()
    assert "--dry-run" not in without_tags(page)


@pytest.mark.parametrize("asked", ["?strategy=latest", f"?with={LINUX_313}"])
def test_missing_data_is_reported_and_an_editor_can_fetch_it(
    alice: Client, bob: Client, planned: Cast, requested: list[tuple[Any, ...]], asked: str
) -> None:
    Package.objects.update(state=PackageState.PENDING)
    said = without_tags(alice.get(PAGE + asked).content)
    assert "not known yet. " in said
    assert "must be read from the index before this set can be planned" in said
    assert "Fetch the missing data" in said
    assert "Fetch the missing data" not in without_tags(bob.get(PAGE + asked).content)
    assert "can fetch the missing data" in without_tags(bob.get(PAGE + asked).content)
    assert bob.post(PAGE + asked).status_code == 403
    answer = alice.post(PAGE + asked)
    assert answer.headers["Location"] == f"{PAGE}{asked}&looks=1"
    strategy = "latest" if "latest" in asked else "minimal"
    assert requested == [(planned.project.pk, WINDOWS_313, strategy, [] if "latest" in asked else [LINUX_313])]
    waiting = alice.get(f"{PAGE}{asked}&looks=1").content.decode()
    assert "The missing data is being fetched" in without_tags(waiting.encode())
    assert re.search(r'hx-get="[^"]*looks=2" hx-trigger="load delay:4s"', waiting)


def test_a_partial_assessment_is_no_verdict_and_the_page_looks_again(bob: Client, cast: Cast) -> None:
    rows = {WINDOWS_313: [make_package("orjson", "unknown")]}
    assess_as(cast.project, rows, missing=["orjson"])
    page = bob.get(PAGE).content
    assert "Python 3.13 on Windows x64: not known yet." in without_tags(page)
    assert b'hx-trigger="load delay:4s"' in page


def test_a_conflict_is_shown_step_by_step(bob: Client, planned: Cast) -> None:
    store_plan(
        planned, WINDOWS_313, feasible=False, reason=PlanReason.from_json("no path: a needs b<2, but c needs b>=2")
    )
    TargetAssessment.objects.filter(target=WINDOWS_313).update(conflict="Because a needs b<2, no.\nSo nothing holds.")
    page = bob.get(PAGE).content.decode()
    assert "No path: a needs b&lt;2, but c needs b&gt;=2." in page
    assert "<li>Because a needs b&lt;2, no.</li><li>So nothing holds.</li>" in page


def test_a_conflict_is_shown_as_a_table_with_both_sides_and_the_ways_out(bob: Client, planned: Cast) -> None:
    sides = (
        ConflictLine(LineKind.ASKED, "a", "a<2", source="requirements.txt", line=4),
        ConflictLine(LineKind.NEEDS, "b", "a>=2", "1.0 to 3.0", every=True, required="a"),
    )
    way = Relaxation((RequirementEdit("a", "a<2", "a<3", "2.4"),), "major")
    stored = conflict_to_text(ConflictExplanation(sides, "a", relaxations=(way,)))
    TargetAssessment.objects.filter(target=WINDOWS_313).update(conflict=stored)
    said = without_tags(bob.get(PAGE).content)
    assert "requirements.txt:4a&lt;2" in said
    assert "all releases of b that are left (1.0 to 3.0)a&gt;=2" in said
    assert "So no version of a is left." in said
    assert "Change a&lt;2 to a&lt;3 (then a 2.4)." in said


def test_the_current_target_is_marked_where_the_files_name_it(bob: Client, planned: Cast) -> None:
    SnapshotFile.objects.create(
        snapshot=planned.project.snapshots.get(), path="Dockerfile", sha256="0" * 64, content=b"FROM python:3.14-slim\n"
    )
    said = without_tags(bob.get(PAGE).content)
    assert re.search(r"Python 3\.14 on Linux x86-64 \(glibc 2\.28\) \(today\)", said)
    assert "Check that the set also holds on Python 3.14 on Linux x86-64, where you are today: tick it above." in said


@pytest.mark.parametrize("packages", [2, 40])
def test_the_page_takes_as_many_queries_for_many_moves_as_for_few(
    bob: Client, planned: Cast, packages: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    store_plan(planned, WINDOWS_313, moves(*(f"package-{number}" for number in range(packages))))
    # Session and user, the project, its targets, the snapshot, its assessment, the oldest check, the files, the index,
    # and the releases' dates.
    with django_assert_num_queries(10):
        bob.get(PAGE)


def test_the_answers_of_the_project_page_lead_to_the_path(bob: Client, planned: Cast) -> None:
    assess_as(planned.project, {LINUX_313: usual_rows()[LINUX_313]})
    page = bob.get("/projects/practice-api/").content.decode()
    assert f'<a href="/projects/practice-api/upgrade/{LINUX_313}/">See the upgrade path</a>' in page


def test_the_project_page_shows_the_current_runtime_and_where_platforms_differ(bob: Client, planned: Cast) -> None:
    assert "Today:" not in without_tags(bob.get("/projects/practice-api/").content)
    hint = {"kind": "image", "value": "python:3.11-slim", "source": "Dockerfile", "line": 1}
    planned.project.snapshots.update(hints=[hint])
    said = without_tags(bob.get("/projects/practice-api/").content)
    assert "Today: Python 3.11 on Debian" in said
    assert "Where other platforms differ" in said
    assert "ready after 2 upgrades Python 3.13 on Windows x64" in said
