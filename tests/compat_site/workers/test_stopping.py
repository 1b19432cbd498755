"""Real workers that are told to stop: nothing is lost, nothing is done twice, nothing waits for a claim to run out."""

import signal

import pytest

from tests.compat_site.installation import Held, Installation, until
from tests.compat_site.workers.work import TICK, a_snapshot, asked, begin_polls, is_assessed, names
from tests.patience import PATIENCE
from tests.replay import faults

pytestmark = pytest.mark.long


def test_a_worker_told_to_stop_ends_its_poll_and_gives_the_rest_of_its_batch_back(site: Installation) -> None:
    wanted = names("stop", 3)
    held, worker = begin_polls(site, wanted, 0)
    worker.tell(signal.SIGTERM)
    worker.says("Warm shutdown")
    held.go.set()
    assert worker.left() == 0
    assert site.held() == []
    assert asked(site, wanted) == [1, 0, 0]
    site.worker("polling", processes=2)
    # Several schedulers at once.
    for _ in range(4):
        site.send(TICK)
    site.polled(wanted)
    assert asked(site, wanted) == [1, 1, 1]


def test_a_job_that_does_not_end_by_itself_is_cut_short_and_goes_to_another_worker(site: Installation) -> None:
    wanted = names("hang", 3)
    site.due(wanted)
    site.index.fail(faults.Silence(), f"/simple/{wanted[0]}/", times=1)
    worker = site.worker("polling", hurried=True)
    site.send(TICK)
    until(lambda: site.index.requests_for(wanted[0]), "the request that is never answered")
    worker.tell(signal.SIGTERM)
    assert worker.left() == 0
    assert site.held() == []
    # No tick: the message itself has gone back.
    site.worker("polling")
    site.polled(wanted)


def test_an_assessment_that_is_interrupted_goes_on_in_another_worker(site: Installation) -> None:
    # More than are asked for at once: some have been begun, some have not.
    wanted = names("assess", 8)
    for name in wanted:
        site.index.add_package(name, [f"{name}-1.0-py3-none-any.whl"])
    held = Held()
    site.index.fail(held, "/simple/assess-*/")
    snapshot = a_snapshot(site, wanted)
    worker = site.worker("interactive", WHEELWAY_INDEX_CONNECTIONS="4")
    site.send("projects.tasks.assess_snapshot", snapshot, queue="interactive")
    assert held.begun.wait(PATIENCE)
    worker.tell(signal.SIGTERM)
    worker.says("Warm shutdown")
    site.index.clear_faults()
    held.go.set()
    assert worker.left() == 0
    assert asked(site, wanted).count(1) < len(wanted)
    assert site.sql("SELECT assessing_until FROM projects_snapshot WHERE id = %s", snapshot) == [(None,)]
    site.worker("interactive,searches")
    until(lambda: is_assessed(site, snapshot), "the assessment")
    assert site.sql("SELECT count(*) FROM projects_assessment WHERE snapshot_id = %s", snapshot) == [(1,)]
