"""Plans on demand against the replay index: missing data is reported, fetched on request, and then planned with."""

import pytest
from django.utils import timezone

from projects.models import Origin, Project, ProjectTarget
from projects.presentation.upgrade.options import option_rows, usual_options
from projects.presentation.upgrade.query import UpgradeQuery
from projects.presentation.upgrade.values import PlannedUpgrade
from projects.selectors import upgrade_state
from projects.services import upgrades
from projects.services.assessments.run import assess_snapshot
from projects.services.plan_files import read_contents
from projects.services.snapshots import take_snapshot
from projects.services.upgrades import answer_upgrade, change_standings, compare_options, fetch_for_upgrade
from scanner.domain.resolution.upgrade import Strategy
from scanner.index.client import IndexClient
from tests.cast import bare_project
from tests.replay import ReplayIndex

pytestmark = pytest.mark.django_db(transaction=True)

OLD, NEW = "cp311-win_amd64", "cp313-win_amd64"
BRIDGE = UpgradeQuery(together=(OLD,))
NEWEST = UpgradeQuery(Strategy.LATEST)


@pytest.fixture
def project(replay: ReplayIndex, requested: list[int]) -> Project:
    """Assess a project: greenlet 3.0.3 has wheels for 3.11 on Windows and none for 3.13."""
    project = bare_project("practice")
    for position, slug in enumerate((OLD, NEW)):
        ProjectTarget.objects.create(project=project, slug=slug, position=position)
    files = {"requirements.txt": b"greenlet==3.0.3\nsix==1.16.0\n", "Dockerfile": b"FROM python:3.11-slim\n"}
    snapshot = take_snapshot(project, files, list(files), origin=Origin.PASTE)
    assess_snapshot(snapshot.pk, timezone.now(), IndexClient(replay.url))
    return project


def plan(project: Project, query: UpgradeQuery) -> PlannedUpgrade:
    state = upgrade_state(project, NEW)
    assert state.snapshot is not None
    return answer_upgrade(project, read_contents(state.snapshot), NEW, query, state.stored, timezone.now())


def test_the_stored_plan_is_written_into_the_files(project: Project) -> None:
    found = plan(project, UpgradeQuery())
    assert found.written.files == {"requirements.txt": "greenlet==3.1.0\nsix==1.16.0\n"}
    dates = change_standings(project, found.plan)
    assert list(dates) == [("greenlet", "3.1.0")]
    assert dates["greenlet", "3.1.0"].uploaded_at is not None


def test_the_newest_set_is_planned_once_what_it_needs_is_fetched(project: Project, replay: ReplayIndex) -> None:
    before = plan(project, NEWEST)
    assert before.plan is None
    assert before.missing > 0
    asked = len(replay.requests)
    assert plan(project, NEWEST) == before
    assert len(replay.requests) == asked
    assert fetch_for_upgrade(project.pk, NEW, NEWEST, timezone.now(), IndexClient(replay.url))
    after = plan(project, NEWEST)
    assert after.missing == 0
    assert after.plan is not None
    assert [change.name for change in after.plan.changes] == ["greenlet", "six"]


def test_one_set_for_today_and_tomorrow_holds_on_both(project: Project, replay: ReplayIndex) -> None:
    fetch_for_upgrade(project.pk, NEW, BRIDGE, timezone.now(), IndexClient(replay.url))
    found = plan(project, BRIDGE)
    assert found.plan is not None
    assert found.plan.feasible
    assert found.plan.pins == {"greenlet": "3.1.0", "six": "1.16.0"}
    assert f"constraints-{BRIDGE.file_stem(NEW)}.txt" in found.written.pip


def test_a_held_package_leaves_no_path_and_the_plan_says_so(project: Project, replay: ReplayIndex) -> None:
    project.holds = ["greenlet"]
    project.save(update_fields=["holds"])
    fetch_for_upgrade(project.pk, NEW, BRIDGE, timezone.now(), IndexClient(replay.url))
    found = plan(project, BRIDGE)
    assert found.plan is not None
    assert not found.plan.feasible
    assert [one.name for one in found.plan.blockers] == ["greenlet"]


def test_a_search_without_time_is_cut_short_and_no_verdict(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upgrades, "PAGE_SECONDS", -1)
    found = plan(project, NEWEST)
    assert found.plan is None
    assert found.cut_short or found.missing


def test_the_signs_of_today_are_kept_with_the_snapshot(project: Project) -> None:
    assert project.snapshots.get().hints == [
        {"kind": "image", "value": "python:3.11-slim", "source": "Dockerfile", "line": 1}
    ]


def test_a_project_without_a_snapshot_has_nothing_to_fetch() -> None:
    project = bare_project("empty")
    assert not fetch_for_upgrade(project.pk, NEW, NEWEST, timezone.now())


def test_what_if_a_package_stays_or_one_that_the_policy_holds_may_move(project: Project, replay: ReplayIndex) -> None:
    held = plan(project, UpgradeQuery(hold=("greenlet",)))
    assert held.plan is not None
    assert not held.plan.feasible
    project.holds = ["greenlet"]
    project.save()
    free = plan(project, UpgradeQuery(free=("greenlet",)))
    assert free.plan is not None
    assert free.written.files == {"requirements.txt": "greenlet==3.1.0\nsix==1.16.0\n"}


def test_what_if_versions_are_limited(project: Project, replay: ReplayIndex) -> None:
    query = UpgradeQuery(caps=("greenlet<3.1",))
    fetch_for_upgrade(project.pk, NEW, query, timezone.now(), IndexClient(replay.url))
    found = plan(project, query)
    assert found.plan is not None
    assert not found.plan.feasible
    above = UpgradeQuery(caps=("greenlet>3.1.0",))
    fetch_for_upgrade(project.pk, NEW, above, timezone.now(), IndexClient(replay.url))
    found = plan(project, above)
    assert found.plan is not None
    assert [str(change.after) for change in found.plan.changes] == ["3.1.1"]


def test_options_stand_side_by_side_with_the_stored_plan_first(project: Project, replay: ReplayIndex) -> None:
    state = upgrade_state(project, NEW)
    assert state.snapshot is not None
    given = read_contents(state.snapshot)
    options = usual_options(UpgradeQuery(), (OLD,), NEW)
    assert [option.title for option in options] == [
        "Smallest move",
        "Newest of everything",
        "One set that also holds on Python 3.11 on Windows x64",
    ]
    for option in options:
        fetch_for_upgrade(project.pk, NEW, option.query, timezone.now(), IndexClient(replay.url))
    questions = [(NEW, option.query) for option in options]
    planned = compare_options(project, given, questions, state.stored, timezone.now())
    rows = option_rows(options, planned, state.stored.result, UpgradeQuery(), {})
    assert [(row.title, row.outcome, row.changes, row.steps) for row in rows[:3]] == [
        ("Stay as it is", "1 upgrade (1 ready)", "none", ""),
        ("Smallest move", "holds", "1 change", "1 minor"),
        ("Newest of everything", "holds", "2 changes", "2 minor"),
    ]
    assert [row.chosen for row in rows] == [False, True, False, False]
