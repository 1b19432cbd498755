"""Workers that are robbed of their database, their queue or their life: nothing is lost, nothing is done twice."""

import signal
import time
from collections.abc import Callable

import pytest
import requests

from tests.compat_site.installation import Installation, until
from tests.compat_site.running import Running
from tests.compat_site.workers.work import TICK, a_snapshot, begin_polls, hold, is_assessed, names
from tests.patience import PATIENCE
from tests.services.smtp import SmtpServer

pytestmark = pytest.mark.long

STALE, DISPATCH = "projects.tasks.reassess_stale", "projects.tasks.dispatch_wheel_events"

EVERY_QUEUE = "polling,interactive,searches,alerts"


def test_after_postgresql_was_stopped_and_started_everything_due_is_polled_once(site: Installation) -> None:
    wanted = names("database", 6)
    held, worker = begin_polls(site, wanted, 0, hurried=True)
    site.database.halt()
    held.go.set()
    worker.says("the database cannot be used")
    site.database.resume()
    # No tick: the batches that met the outage come again by themselves, and the worker's connections heal.
    site.polled(wanted)
    assert "Traceback" not in worker.log.read_text()
    worker.tell(signal.SIGTERM)
    assert worker.left() == 0


def test_the_web_process_is_healthy_again_when_postgresql_is(site: Installation) -> None:
    running = Running(site.environment | {"PORT": "0", "ALLOWED_HOSTS": "127.0.0.1"}, site.folder / "run.log")
    with requests.Session() as session:

        def status() -> int:
            return session.get(running.link.split("/sign-in/")[0] + "/healthz", timeout=PATIENCE).status_code

        try:
            assert status() == 200
            site.database.halt()
            assert status() == 503
            site.database.resume()
            # The pool tries again by itself; nobody restarts the process.
            until(lambda: status() == 200, "a healthy answer")
            assert running.stop(signal.SIGTERM) == 0
        finally:
            running.kill()


def test_after_redis_lost_everything_the_next_tick_finds_what_is_due(site: Installation) -> None:
    wanted = names("queue", 9)
    held, worker = begin_polls(site, wanted, 0)
    assert len(site.held()) == 9
    site.redis.kill()
    worker.says("Connection to broker lost")
    held.go.set()
    site.redis.start()
    site.send(TICK)
    site.polled(wanted)


def test_what_a_killed_worker_held_is_polled_once_when_its_turn_has_run_out(site: Installation) -> None:
    wanted = names("killed", 3)
    held, worker = begin_polls(site, wanted, 1)
    worker.kill()
    held.go.set()
    assert site.held() == wanted[1:]
    # Ten minutes later.
    site.sql("UPDATE scanner_package SET claimed_until = claimed_until - interval '10 min', queued_until = NULL")
    site.worker("polling")
    site.send(TICK)
    site.polled(wanted)


def test_a_watched_target_brings_one_mail_for_each_of_three_blockers_whatever_is_killed(site: Installation) -> None:
    wanted = ["cipher", "matrix", "parser"]
    for name in wanted:
        site.index.add_package(name, [f"{name}-1.0-cp312-cp312-win_amd64.whl"])
    with SmtpServer() as server:
        mails = server.inbox.messages
        worker = site.worker(EVERY_QUEUE, WHEELWAY_MAIL_URL=server.url)
        snapshot = a_snapshot(site, wanted)
        site.send("projects.tasks.assess_snapshot", snapshot, queue="interactive")
        until(lambda: is_assessed(site, snapshot), "the first assessment")
        watch_target_of(site, snapshot)

        # The worker dies in the middle of a poll.
        held = hold(site, wanted[0])
        publish(site, wanted[0])
        site.send(TICK)
        assert held.begun.wait(PATIENCE)
        worker.kill()
        held.go.set()
        let_claims_end(site)
        worker = site.worker(EVERY_QUEUE, WHEELWAY_MAIL_URL=server.url)
        tick_until(site, lambda: len(mails) == 1, "the first mail")

        # It dies after the poll, and the queue with it.
        publish(site, wanted[1])
        site.send(TICK)
        until(lambda: has_wheel(site, wanted[1]), "the second wheel")
        worker.kill()
        site.redis.kill()
        site.redis.start()
        let_claims_end(site)
        site.worker(EVERY_QUEUE, WHEELWAY_MAIL_URL=server.url)
        tick_until(site, lambda: len(mails) == 2, "the second mail")

        # The mail server asks to try later, which is due after two minutes.
        server.inbox.refusals.append("451 try later")
        publish(site, wanted[2])
        tick_until(site, lambda: not server.inbox.refusals, "the refusal")
        site.sql("UPDATE projects_alert SET created_at = created_at - interval '3 minutes' WHERE state = 'queued'")
        tick_until(site, lambda: len(mails) == 3, "the third mail")
        tick_until(
            site, lambda: site.sql("SELECT count(*) FROM projects_alert WHERE state <> 'sent'") == [(0,)], "rest"
        )
        site.shell.run("from projects.tasks import dispatch_wheel_events; result = dispatch_wheel_events()")
    assert [str(mail["Subject"]) for mail in mails] == [
        "cipher no longer blocks cipher on Python 3.13 on Windows x64; 2 packages still do",
        "matrix no longer blocks cipher on Python 3.13 on Windows x64; 1 package still does",
        "cipher can move to Python 3.13 on Windows x64",
    ]


def watch_target_of(site: Installation, snapshot: int) -> None:
    """Have somebody watch the target of the snapshot's project."""
    site.shell.run(
        "from django.contrib.auth.models import User; from projects.domain.permissions import Role;"
        "from projects.models import Snapshot; from projects.services.alerts.target_watches import watch_target;"
        "from tests.cast import add_member;"
        f"project = Snapshot.objects.get(pk={snapshot}).project;"
        "alice = User.objects.create_user('alice', 'alice@team.example');"
        "add_member(project, alice, Role.READER); watch_target(project, alice, 'cp313-win_amd64')"
    )


def publish(site: Installation, name: str) -> None:
    """Put a wheel for the target on the index, and make the package due."""
    site.index.add_files(name, [f"{name}-1.0-cp313-cp313-win_amd64.whl"])
    site.sql("UPDATE scanner_package SET due_at = now() WHERE name = %s", name)


def has_wheel(site: Installation, name: str) -> bool:
    found = site.sql(
        "SELECT count(*) FROM scanner_releasefile WHERE filename = %s", f"{name}-1.0-cp313-cp313-win_amd64.whl"
    )
    return found == [(1,)]


def let_claims_end(site: Installation) -> None:
    """Do what 40 seconds do: claims of processes that died run out."""
    site.sql("UPDATE scanner_package SET claimed_until = NULL, queued_until = NULL")
    site.sql("UPDATE projects_snapshot SET assessing_until = NULL")


def tick_until(site: Installation, happens: Callable[[], bool], what: str) -> None:
    """Send the ticks of the schedule again and again, as beat does."""
    ticks = ((TICK, "polling"), (STALE, "polling"), (DISPATCH, "alerts"))

    def ticked() -> bool:
        if happens():
            return True
        for task, queue in ticks:
            site.send(task, queue=queue)
        time.sleep(0.3)
        return happens()

    until(ticked, what)
