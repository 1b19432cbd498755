"""`manage.py run` as a process: what it prints, what it keeps, how it stops, and what it says when it cannot start."""

import os
import re
import signal
import socket
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from compat_site.embedded import server
from tests.commands import DATABASE, NO_INDEX, environment, manage, migrated
from tests.compat_site.installation import Held
from tests.compat_site.running import Running
from tests.patience import PATIENCE
from tests.replay.server import ReplayIndex

pytestmark = pytest.mark.long

ENDINGS = ("Stopped.", "A job is still running; the next start resumes it.")


@pytest.fixture
def site(replay: ReplayIndex, tmp_path: Path) -> dict[str, str]:
    """Return the environment of a run at any free port, with a data directory that does not exist yet."""
    return environment(tmp_path / "data", replay.url) | {"PORT": "0"}


@pytest.fixture
def tables(site: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """Return the same with an empty database that is there, so that the start does not wait for migrations."""
    migrated(tmp_path / "data")
    return site


@pytest.fixture
def idle(tables: dict[str, str]) -> dict[str, str]:
    """Return the same with an index that has none of the sample's packages."""
    tables["WHEELWAY_INDEX_URL"] = NO_INDEX
    return tables


@pytest.fixture
def run(site: dict[str, str], tmp_path: Path) -> Iterator[Callable[[], Running]]:
    started: list[Running] = []

    def start() -> Running:
        started.append(Running(site, tmp_path / f"errors-{len(started)}"))
        return started[-1]

    yield start
    for running in started:
        running.kill()


def refused(site: dict[str, str]) -> str:
    """Run until it ends by itself; return what it said, which must be short and without a traceback."""
    result = manage("run", environment=site)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    return result.stderr


def signed_in(link: str) -> requests.Session:
    """Follow the link and press its button."""
    session = requests.Session()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', session.get(link, timeout=PATIENCE).text)
    assert token is not None
    page = session.post(link, {"csrfmiddlewaretoken": token[1]}, timeout=PATIENCE)
    assert page.ok
    assert "/sign-in/" not in page.url
    return session


def test_from_nothing_to_a_page_and_back_to_nothing(run: Callable[[], Running], replay: ReplayIndex) -> None:
    running = run()
    site = running.link.split("/sign-in/")[0]
    with signed_in(running.link) as session:
        page = session.get(site + "/", timeout=PATIENCE)
        assert page.ok
        assert "/sign-in/" not in page.url
        assert "practice-api" in page.text
    # The first scan begins by itself: nobody asked for a page of a package.
    while not replay.requests_for("greenlet") and not replay.requests_for("fastapi"):
        assert running.process.poll() is None, running.errors
        replay.stopping.wait(0.05)
    assert running.stop(signal.SIGINT) == 0
    assert running.lines[-1] in ENDINGS
    with pytest.raises(ProcessLookupError):
        os.killpg(running.process.pid, 0)
    assert "Traceback" not in running.log


def test_the_last_line_is_the_link_and_only_its_account_may_read_what_a_run_writes(
    run: Callable[[], Running], tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    running = run()
    assert running.lines[-1].endswith(running.link)
    assert running.stop(signal.SIGTERM) == 0
    assert running.errors == ""
    assert "level=info" in (tmp_path / "data" / "wheelway.log").read_text()
    modes = {path.name: path.stat().st_mode & 0o077 for path in (tmp_path / "data").rglob("*")}
    assert DATABASE in modes
    assert set(modes.values()) == {0}, modes


def test_logs_go_to_standard_error_when_asked_for(run: Callable[[], Running], idle: dict[str, str]) -> None:
    idle["WHEELWAY_LOG"] = "-"
    running = run()
    assert running.stop(signal.SIGTERM) == 0
    assert "level=info" in running.errors


@pytest.mark.usefixtures("tables")
def test_a_second_start_keeps_what_the_first_one_stored_and_a_third_prints_no_link(
    run: Callable[[], Running], tmp_path: Path
) -> None:
    first = run()
    # As a service manager and make do when both pass a signal on.
    first.process.send_signal(signal.SIGTERM)
    assert first.stop(signal.SIGTERM) == 0
    assert first.lines[-1] in ENDINGS
    with sqlite3.connect(tmp_path / "data" / DATABASE) as database:
        # As if polls had been waiting in the queue, which ended with the process.
        database.execute("UPDATE scanner_package SET claimed_until = '2099-01-01 00:00:00'")
    database.close()
    second = run()
    assert any(line.startswith("Created the account") for line in first.lines)
    assert not any(line.startswith("Created the account") for line in second.lines)
    assert first.link.split("/sign-in/")[1] != second.link.split("/sign-in/")[1]
    site = second.link.split("/sign-in/")[0]
    with signed_in(second.link) as session:
        assert session.get(site + "/", timeout=PATIENCE).text.count("practice-api") > 0
    assert second.stop(signal.SIGTERM) == 0
    with sqlite3.connect(tmp_path / "data" / DATABASE) as database:
        assert database.execute("SELECT count(*) FROM auth_user").fetchone() == (1,)
        assert database.execute("SELECT count(*) FROM projects_project").fetchone() == (1,)
        held = "SELECT count(*) FROM scanner_package WHERE claimed_until >= '2099-01-01'"
        assert database.execute(held).fetchone() == (0,)
    database.close()
    # An account has signed in.
    third = run()
    printed = "\n".join(third.lines)
    assert "(once)" not in printed
    asked = re.search(r"Sign in: (\S+)/sign-in/ \(a link for admin: SITE_ROOT=(\S+) \S+ manage.py (.+)\)", printed)
    assert asked is not None
    assert asked[1] == asked[2]
    there = environment(tmp_path / "data", NO_INDEX) | {"SITE_ROOT": asked[2]}
    link = manage(*asked[3].split(), environment=there, check=True)
    with signed_in(link.stdout.strip()) as session:
        assert session.get(f"{asked[1]}/", timeout=PATIENCE).text.count("practice-api") > 0


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_stop_in_the_middle_of_polls_ends_them_and_keeps_nothing(
    number: signal.Signals, run: Callable[[], Running], replay: ReplayIndex, tmp_path: Path
) -> None:
    held = Held()
    replay.fail(held, "/simple/*")
    running = run()
    assert held.begun.wait(PATIENCE)
    # A terminal sends Ctrl-C to all of a group.
    os.killpg(running.process.pid, number)
    assert running.process.stdout is not None
    assert running.process.stdout.readline() == "Stopping…\n"
    # Its end may come before the log is read again.
    while running.process.poll() is None and "asked to stop" not in running.log:
        replay.stopping.wait(0.02)
    assert "asked to stop" in running.log, running.log
    held.go.set()
    # A second signal would end it at once if the first was some seconds ago.
    assert running.ended() == 0
    # On a busy machine a page may take longer than jobs are given to end.
    assert running.lines[-1] in ENDINGS
    assert "Traceback" not in running.log, running.log
    with pytest.raises(ProcessLookupError):
        os.killpg(running.process.pid, 0)
    with sqlite3.connect(tmp_path / "data" / DATABASE) as database:
        held_rows = "SELECT count(*) FROM scanner_package WHERE claimed_until IS NOT NULL"
        assert database.execute(held_rows).fetchone() == (0,)
        left = "SELECT count(*) FROM scanner_package WHERE state = 'pending' AND due_at IS NOT NULL"
        assert database.execute(left).fetchone() > (0,)
        at_work = "SELECT count(*) FROM projects_snapshot WHERE assessing_until IS NOT NULL"
        assert database.execute(at_work).fetchone() == (0,)
    database.close()


def test_a_taken_port_is_one_clear_sentence_and_changes_nothing(site: dict[str, str], tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        message = refused(site | {"PORT": str(port), "SECRET_KEY": "k" * 50})
    assert f"Port {port} on 127.0.0.1" in message
    assert "PORT=" in message
    assert not (tmp_path / "data").exists()


def test_an_address_of_another_machine_is_refused(site: dict[str, str]) -> None:
    assert "203.0.113.7" in refused(site | {"HOST": "203.0.113.7"})


def test_one_data_directory_has_one_run(run: Callable[[], Running], idle: dict[str, str], tmp_path: Path) -> None:
    running = run()
    assert f"process {running.process.pid}" in refused(idle)
    running.kill()
    # A killed process leaves no lock behind.
    server.lock(tmp_path / "data").close()


def test_a_damaged_database_is_named_and_left_alone(site: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "data" / DATABASE
    file.parent.mkdir()
    file.write_bytes(b"this is no database " * 100)
    before = file.read_bytes()
    message = refused(site)
    assert str(file) in message
    assert "move it away" in message
    assert file.read_bytes() == before


def test_a_database_of_a_newer_version_is_named_and_left_alone(site: dict[str, str], tmp_path: Path) -> None:
    with sqlite3.connect(migrated(tmp_path / "data") / DATABASE) as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES (?, ?, ?)",
            ("projects", "9999_from_the_future", "2030-01-01"),
        )
    database.close()
    message = refused(site)
    assert "newer Wheelway" in message
    assert "projects.9999_from_the_future" in message
