import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from compat_site.sqlite.base import DatabaseWrapper


@pytest.mark.django_db
@pytest.mark.parametrize("before", [None, 0o644, 0o666])
def test_a_database_file_is_its_owners_alone_in_whatever_folder(tmp_path: Path, before: int | None) -> None:
    tmp_path.chmod(0o777)
    file = tmp_path / "w.sqlite3"
    if before is not None:
        file.touch()
        file.chmod(before)
    options = {"NAME": file, "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL;"}}
    rest = {"TIME_ZONE": None, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False, "AUTOCOMMIT": True}
    wrapper = DatabaseWrapper({"ENGINE": "compat_site.sqlite", **options, **rest})
    with wrapper.cursor() as cursor:
        cursor.execute("CREATE TABLE a (b)")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    wrapper.close()
    assert modes["w.sqlite3"] == 0o600
    assert not any(mode & 0o077 for mode in modes.values())


_OTHER_PROCESS = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("PRAGMA journal_mode=WAL")
connection.execute("INSERT INTO a VALUES (1)")
connection.commit()
connection.close()
"""


@pytest.mark.django_db
def test_a_process_keeps_its_locks_while_its_threads_connect(tmp_path: Path) -> None:
    file = tmp_path / "w.sqlite3"
    rest = {"TIME_ZONE": None, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False, "AUTOCOMMIT": True}
    options = {"init_command": "PRAGMA journal_mode=WAL;"}
    settings = {"ENGINE": "compat_site.sqlite", "NAME": file, "OPTIONS": options, **rest}
    first, second = DatabaseWrapper(settings), DatabaseWrapper(settings)
    with first.cursor() as cursor:
        cursor.execute("CREATE TABLE a (b)")
        # Another connection of the same process, as a thread opens one.
        second.ensure_connection()
        # Without the locks of this one, the other process would be the last to close the file, and delete the journal.
        subprocess.run([sys.executable, "-c", _OTHER_PROCESS, str(file)], check=True)
        assert file.with_name("w.sqlite3-wal").exists()
        cursor.execute("INSERT INTO a VALUES (2)")
        assert cursor.execute("SELECT count(*) FROM a").fetchone() == (2,)
    second.close()
    first.close()


@pytest.mark.django_db(transaction=True)
def test_threads_that_write_take_turns_and_none_waits_until_its_timeout(tmp_path: Path) -> None:
    options = {"transaction_mode": "IMMEDIATE", "timeout": 0.01, "init_command": "PRAGMA journal_mode=WAL;"}
    rest = {"TIME_ZONE": None, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False, "AUTOCOMMIT": True}
    settings = {"ENGINE": "compat_site.sqlite", "NAME": tmp_path / "w.sqlite3", "OPTIONS": options, **rest}

    def write(count: int) -> int:
        wrapper = DatabaseWrapper(settings)
        done = 0
        for number in range(count):
            if number % 2:
                wrapper.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
            with wrapper.cursor() as cursor:
                cursor.execute("INSERT INTO a VALUES (1)")
                time.sleep(0.002)
            if number % 2:
                wrapper.commit()
                wrapper.set_autocommit(True)
            done += 1
        wrapper.close()
        return done

    first = DatabaseWrapper(settings)
    with first.cursor() as cursor:
        cursor.execute("CREATE TABLE a (b)")
    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(write, [10] * 12)) == 120
    with first.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM a").fetchone() == (120,)
    first.close()
