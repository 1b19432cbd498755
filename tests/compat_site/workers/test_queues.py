"""Short work is done while long work of another queue goes on."""

import pytest

from tests.compat_site.installation import Held, Installation, until
from tests.compat_site.workers.work import TICK, a_snapshot, is_assessed, names
from tests.patience import PATIENCE

pytestmark = pytest.mark.long


def test_an_upload_is_assessed_while_a_long_round_waits(site: Installation) -> None:
    wanted = names("round", 9)
    site.due(wanted)
    held = Held()
    site.index.fail(held, "/simple/round-*/")
    site.worker("polling,alerts")
    site.worker("interactive")
    site.send(TICK)
    assert held.begun.wait(PATIENCE)
    site.index.add_package("upload", ["upload-1.0-py3-none-any.whl"])
    snapshot = a_snapshot(site, ["upload"])
    site.send("projects.tasks.assess_snapshot", snapshot, queue="interactive")
    until(lambda: is_assessed(site, snapshot), "the assessment")
    assert not held.go.is_set()
    assert site.sql("SELECT count(*) FROM scanner_package WHERE name LIKE 'round-%%' AND state = 'current'") == [(0,)]
    site.index.clear_faults()
    held.go.set()
    site.polled(wanted)


def test_a_paste_is_assessed_while_the_long_search_of_another_project_goes_on(site: Installation) -> None:
    wanted = names("long", 3)
    for name in wanted:
        site.index.add_package(name, [f"{name}-1.0-py3-none-any.whl"])
    held = Held()
    site.index.fail(held, "/simple/long-*/")
    site.worker("interactive", WHEELWAY_FIRST_SECONDS="1")
    site.worker("searches")
    long = a_snapshot(site, wanted)
    site.send("projects.tasks.assess_snapshot", long, queue="interactive")
    assert held.begun.wait(PATIENCE)
    site.index.add_package("paste", ["paste-1.0-py3-none-any.whl"])
    quick = a_snapshot(site, ["paste"])
    site.send("projects.tasks.assess_snapshot", quick, queue="interactive")
    until(lambda: is_assessed(site, quick), "the assessment of the paste")
    assert not held.go.is_set()
    assert not is_assessed(site, long)
    site.index.clear_faults()
    held.go.set()
    until(lambda: is_assessed(site, long), "the long assessment")
