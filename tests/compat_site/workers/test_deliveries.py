"""Workers on Redis killed with -9 in the middle of a delivery: it is processed within a minute of the restart."""

import time

import pytest

from projects.models.repository import CLAIM_HOLDS
from tests.compat_site.deliveries import HOLDS, SETUP, SOON, HeldHost
from tests.compat_site.installation import Installation, Worker, until
from tests.hosting.git_server import GitServer

pytestmark = pytest.mark.long


def test_workers_on_redis_go_on_with_what_killed_ones_held(site: Installation, host: GitServer) -> None:
    hooks = site.shell.run(SETUP.format(number=3, url=host.url))
    commit = host.commit({"requirements.txt": "six\n"})
    held = HeldHost(host)
    make = """
from django.utils import timezone
from projects.models.repository import Delivery, Repository
for repository in Repository.objects.all():
    made = Delivery.objects.create(repository=repository, delivery_id="d", event="push", received_at=timezone.now(),
                                   ref="refs/heads/main", commit={commit!r})
    from projects import jobs
    jobs.request_delivery(made.pk)
"""
    settings = {"TESTS_CLAIM_HOLDS": str(HOLDS), "WHEELWAY_ALLOW_PRIVATE_HOSTS": "127.0.0.1"}

    def worker(processes: int) -> Worker:
        return site.worker("interactive", processes=processes, hurried=True, **settings)

    workers = [worker(2), worker(1)]
    site.shell.run(make.format(commit=commit))
    claimed = "SELECT count(*) FROM projects_delivery WHERE claimed_at IS NOT NULL"
    until(lambda: site.sql(claimed) == [(3,)], "claims of all three")
    # The first dies with what it holds; the second goes on, and its claim is renewed.
    workers[0].kill()
    worker(2)
    held.go()
    # What a claim that ends at its usual time leaves of the minute.
    limit = SOON - (CLAIM_HOLDS.total_seconds() - HOLDS)
    start = time.monotonic()
    done = "SELECT count(*) FROM projects_delivery WHERE state = 'processed'"
    while site.sql(done) != [(3,)]:
        assert time.monotonic() - start < limit, site.sql("SELECT state, reason FROM projects_delivery")
        # As beat does, every 15 seconds.
        site.send("projects.tasks.requeue_lost_deliveries", queue="interactive")
        time.sleep(1)
    pushes = "SELECT count(*) FROM projects_snapshot WHERE origin = 'push'"
    assert site.sql(pushes) == [(3,)]
    assert len(hooks) == 3
