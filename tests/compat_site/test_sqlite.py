import stat
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
