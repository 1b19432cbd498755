"""The services, settings and guards that all tests share.

The database must run before Django reads its settings, so it is started while this file is imported:
WHEELWAY_TEST_DATABASE=sqlite asks for SQLite, anything else for PostgreSQL when this machine can have one.
"""

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django import conf
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker
from xdist.scheduler import LoadFileScheduling

from tests.patience import PATIENCE
from tests.services import ServiceUnavailable, postgresql, redis, smtp, sockets

_stop_database = None
_no_postgresql: str | None = None
# The process that hands tests out to others (`-n 3`) runs none.
_hands_out = "-n" in sys.argv and sys.argv[sys.argv.index("-n") + 1] != "0"
_runs_tests = "PYTEST_XDIST_WORKER" in os.environ or not _hands_out
_BROWSER_TESTS = Path(__file__).with_name("browser")
# Folders whose files share what is costly to set up: one process runs them all.
_TOGETHER = ("tests/compat_site/workers/",)
_data_dir = tempfile.mkdtemp(prefix="wheelway-tests-")
if "PYTEST_XDIST_WORKER" not in os.environ:
    # What the first process that needs it makes, and all others use (tests.commands.migrated).
    _shared = Path(_data_dir, "shared")
    _shared.mkdir()
    os.environ["WHEELWAY_TESTS_SHARED"] = str(_shared)

# Without bytecode each of the many processes that tests start would compile the whole project again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# What the developer's shell holds must not reach the settings under test.
for _name in ("SITE_ROOT", "REDIS_URL", "DEBUG", "WHEELWAY_INDEX_URL", "WHEELWAY_MAIL_URL", "STATIC_ROOT", "PORT"):
    os.environ.pop(_name, None)
os.environ["WHEELWAY_DATA"] = _data_dir
# Tests of reading wheels turn it on.
os.environ["WHEELWAY_READ_WHEELS"] = "0"
# A page of a busy machine would leave files to a job, where a test expects its answer.
os.environ["WHEELWAY_PAGE_READ_SECONDS"] = str(PATIENCE)
os.environ["SECRET_KEY"] = "the-key-of-the-tests-is-no-secret-0123456789"
os.environ.pop("DATABASE_URL", None)
if os.environ.get("WHEELWAY_TEST_DATABASE") == "sqlite":
    _no_postgresql = "PostgreSQL: WHEELWAY_TEST_DATABASE=sqlite asked for SQLite"
elif not _runs_tests:
    _no_postgresql = "the processes share one PostgreSQL where this machine can have it"
    with contextlib.suppress(ServiceUnavailable):
        _stop_database = postgresql.start_shared(_shared)
else:
    try:
        os.environ["DATABASE_URL"], _stop_database = postgresql.start()
    except ServiceUnavailable as _unavailable:
        _no_postgresql = str(_unavailable)
os.environ["DJANGO_SETTINGS_MODULE"] = "compat_site.settings"
django.setup()
if not _runs_tests:
    # The others inherit the environment: pytest-django would read the settings before this file is imported.
    del os.environ["DJANGO_SETTINGS_MODULE"]

sockets.keep_to_loopback()
# The hash of a password in one round: the million that slow an attacker down take a third of a second each.
PBKDF2PasswordHasher.iterations = 1
# Look for a static file when one is asked for: each client of a test would list them all.
conf.settings.WHITENOISE_AUTOREFRESH = True

settings.register_profile(
    "ci",
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("long", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

pytest_plugins = ["tests.kept", "tests.replay.fixtures"]


def pytest_report_header() -> str:
    return f"database: {_no_postgresql or 'PostgreSQL'}"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the tests of the browser out unless asked for with -m: to collect them takes each process a second."""
    return (collection_path == _BROWSER_TESTS and not config.option.markexpr) or None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Files marked `long` go first, so that no process is left alone with one of them at the end.

    Tests of the real index run only when asked for with -m.
    """
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    if config.option.markexpr:
        return
    chosen: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        (left_out if item.get_closest_marker("live") else chosen).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = chosen


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Distribute as `--dist loadfile` does, with some whole folders as one file."""
    if config.getvalue("dist") != "loadfile":
        return None
    scheduler = LoadFileScheduling(config, log)
    file_of = scheduler._split_scope
    scheduler._split_scope = lambda test: next((one for one in _TOGETHER if test.startswith(one)), file_of(test))
    return scheduler


def pytest_unconfigure() -> None:
    if _stop_database is not None:
        _stop_database()
    shutil.rmtree(_data_dir, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    """Copy the test database where a migrated one is shared; give pooled connections back before it is dropped.

    The server refuses to drop a database while one is open.
    """
    from django.db import connections

    if template := postgresql.shared_template():
        connections["default"].settings_dict["TEST"]["TEMPLATE"] = template
    yield
    for connection in connections.all(initialized_only=True):
        connection.close()
        close_pool = getattr(connection, "close_pool", None)
        if close_pool is not None:
            close_pool()


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Make the test database for every test that asks for it.

    pytest-django makes none where no chosen test is marked: tests/cases alone would write into that of the server.
    """
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    verbosity = request.config.option.verbose
    with django_db_blocker.unblock():
        made = setup_databases(verbosity, interactive=False, serialized_aliases=[])
        if connection.vendor == "sqlite":
            # SQLite may then empty the audit log after a test.
            with connection.cursor() as cursor:
                cursor.execute("DROP TRIGGER projects_logentry_no_delete")
        else:
            from tests.services import emptying

            # In less time than Django does.
            emptying.hasten()
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of large corpora beside a developer's clone.

    Only tests that read whole corpora ask for it; each trap in them has a small test of its own as well.
    """
    path = Path(__file__).resolve().parents[2] / "shared"
    if not path.is_dir():
        pytest.skip(f"the corpus of real files is not here: {path} does not exist")
    return path


@pytest.fixture(scope="session")
def postgresql_database() -> None:
    """Skip unless the tests run on PostgreSQL."""
    if _no_postgresql:
        pytest.skip(_no_postgresql)
    from django.db import connection

    assert connection.vendor == "postgresql", "the settings were read before PostgreSQL was started"


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a real Redis server, empty at the start of the session."""
    try:
        url, stop = redis.start()
    except ServiceUnavailable as unavailable:
        pytest.skip(str(unavailable))
    yield url
    stop()


@pytest.fixture
def smtp_server() -> Iterator[smtp.SmtpServer]:
    """A real SMTP server with an empty inbox."""
    with smtp.SmtpServer() as server:
        yield server
