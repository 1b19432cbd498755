"""Real workers on a real PostgreSQL, Redis and index: told to stop, robbed of their database or their queue.

Each time nothing is lost, nothing is done twice, and nothing waits for a claim to run out.
"""

import json
import re
import signal
import time
from base64 import b64encode
from collections.abc import Callable, Iterator

import pytest
import requests

from tests.compat_site.installation import Held, Installation, until
from tests.compat_site.running import Running
from tests.patience import PATIENCE
from tests.replay import faults
from tests.services import ServiceUnavailable
from tests.services.smtp import SmtpServer

pytestmark = pytest.mark.long

TICK = "scanner.tasks.poll_due_packages"
STALE, DISPATCH = "projects.tasks.reassess_stale", "projects.tasks.dispatch_wheel_events"
EVERY_QUEUE = "polling,interactive,searches,alerts"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, postgresql_database: None) -> Iterator[Installation]:
    try:
        installation = Installation(tmp_path_factory.mktemp("installation"))
    except ServiceUnavailable as unavailable:
        pytest.skip(str(unavailable))
    yield installation
    installation.close()


@pytest.fixture
def site(installed: Installation) -> Iterator[Installation]:
    """Return the installation without workers, messages or faults."""
    yield installed
    installed.index.clear_faults()
    for worker in installed.workers:
        worker.kill()
    installed.redis.client.flushall()
    installed.sql("UPDATE scanner_package SET claimed_until = NULL, queued_until = NULL")


def names(prefix: str, number: int) -> list[str]:
    return [f"{prefix}-{at}" for at in range(number)]


def hold(site: Installation, name: str) -> Held:
    held = Held()
    site.index.fail(held, f"/simple/{name}/", times=1)
    return held


def asked(site: Installation, wanted: list[str]) -> list[int]:
    return [len(site.index.requests_for(name)) for name in wanted]


def test_a_worker_told_to_stop_ends_its_poll_and_gives_the_rest_of_its_batch_back(site: Installation) -> None:
    wanted = names("stop", 3)
    site.due(wanted)
    held = hold(site, wanted[0])
    worker = site.worker("polling")
    site.send(TICK)
    assert held.begun.wait(PATIENCE)
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


def test_after_postgresql_was_stopped_and_started_everything_due_is_polled_once(site: Installation) -> None:
    wanted = names("database", 6)
    site.due(wanted)
    held = hold(site, wanted[0])
    worker = site.worker("polling", hurried=True)
    site.send(TICK)
    assert held.begun.wait(PATIENCE)
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
    site.due(wanted)
    held = hold(site, wanted[0])
    worker = site.worker("polling")
    site.send(TICK)
    assert held.begun.wait(PATIENCE)
    assert len(site.held()) == 9
    site.redis.kill()
    worker.says("Connection to broker lost")
    held.go.set()
    site.redis.start()
    site.send(TICK)
    site.polled(wanted)


def test_what_a_killed_worker_held_is_polled_once_when_its_turn_has_run_out(site: Installation) -> None:
    wanted = names("killed", 3)
    site.due(wanted)
    held = hold(site, wanted[1])
    worker = site.worker("polling")
    site.send(TICK)
    assert held.begun.wait(PATIENCE)
    worker.kill()
    held.go.set()
    assert site.held() == wanted[1:]
    # Ten minutes later.
    site.sql("UPDATE scanner_package SET claimed_until = claimed_until - interval '10 min', queued_until = NULL")
    site.worker("polling")
    site.send(TICK)
    site.polled(wanted)


def test_no_log_has_the_login_of_an_index_however_the_index_fails(site: Installation) -> None:
    wanted = names("secret", 6)
    site.due(wanted)
    kinds: tuple[faults.Fault, ...] = (
        faults.Status(500),
        faults.Reset(),
        faults.Redirect("loop"),
        faults.Replace(b"garbage"),
        faults.Status(401),
        faults.Redirect("http://robot:hunter2@127.0.0.1:9/simple/"),
    )
    for name, fault in zip(wanted, kinds, strict=True):
        site.index.fail(fault, f"/simple/{name}/")
    address = site.index.url.replace("://", "://robot:hunter2@")
    worker = site.worker("polling", WHEELWAY_INDEX_URL=address, LOG_LEVEL="DEBUG")
    site.send(TICK)
    failed = "SELECT count(*) FROM scanner_package WHERE name LIKE 'secret-%%' AND last_error <> ''"
    until(lambda: site.sql(failed) == [(6,)], "six failures")
    worker.tell(signal.SIGTERM)
    worker.left()
    written = worker.log.read_text()
    assert written.count("poll failed") == 6
    assert any("authorization" in seen.headers for seen in site.index.requests), "the login was used"
    for secret in ("hunter2", b64encode(b"robot:hunter2").decode()):
        assert secret not in written
        assert site.sql("SELECT count(*) FROM scanner_package WHERE last_error LIKE %s", f"%{secret}%") == [(0,)]


def test_every_line_of_a_task_names_it_and_a_poll_its_package(site: Installation) -> None:
    wanted = names("line", 3)
    site.due(wanted)
    site.index.fail(faults.Status(500), f"/simple/{wanted[2]}/", times=1)
    worker = site.worker("polling")
    site.send(TICK)
    site.polled(wanted[:2])
    worker.says("poll failed")
    lines = [facts(line) for line in worker.lines if line.startswith("time=")]
    keys = dict(site.sql("SELECT name, id::text FROM scanner_package WHERE name LIKE 'line-%%'"))
    about_polls = [line for line in lines if "package=line-" in line["message"]]
    assert {line["package"] for line in about_polls} == set(keys.values())
    for line in [*about_polls, *(line for line in lines if line["logger"].startswith("scanner."))]:
        assert line["task"].startswith("scanner.tasks.")
        assert re.fullmatch(r"[0-9a-f-]{36}", line["task_id"])


def facts(line: str) -> dict[str, str]:
    """Parse a line of key=value strictly: the whole line must have that form."""
    found, at = {}, 0
    pair = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|[^\s"=]+)(?: |$)')
    while at < len(line):
        match = pair.match(line, at)
        assert match is not None, f"not key=value from {line[at : at + 40]!r}"
        found[match[1]] = json.loads(match[2]) if match[2].startswith('"') else match[2]
        at = match.end()
    return found


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


def a_snapshot(site: Installation, requirements: list[str]) -> int:
    """Create a project with these requirements and one target. Return its snapshot, not assessed yet."""
    code = (
        "from projects import jobs; jobs.request_assessment = lambda pk: None;"
        "from projects.models import Origin, ProjectTarget;"
        "from projects.services.snapshots import take_snapshot;"
        "from tests.cast import bare_project;"
        f"project = bare_project({requirements[0]!r});"
        "ProjectTarget.objects.create(project=project, slug='cp313-win_amd64', position=0);"
        f"text = {chr(10).join(requirements)!r}.encode();"
        "snapshot = take_snapshot(project, {'requirements.txt': text}, ['requirements.txt'], origin=Origin.PASTE);"
        "result = snapshot.pk"
    )
    return int(site.shell.run(code))


def is_assessed(site: Installation, snapshot: int) -> bool:
    found = site.sql("SELECT state FROM projects_assessment WHERE snapshot_id = %s", snapshot)
    return found == [("complete",)]
