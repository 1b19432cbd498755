"""An installation on a real PostgreSQL, Redis and index, without workers at first."""

from collections.abc import Iterator

import pytest

from tests.compat_site.installation import Installation
from tests.services import ServiceUnavailable


@pytest.fixture(scope="package")
def installed(tmp_path_factory: pytest.TempPathFactory, postgresql_database: None) -> Iterator[Installation]:
    """Start one installation for all files of this folder, and end it after the last one."""
    try:
        installation = Installation(tmp_path_factory.mktemp("installation"))
    except ServiceUnavailable as unavailable:
        pytest.skip(str(unavailable))
    yield installation
    installation.close()


@pytest.fixture
def site(installed: Installation) -> Iterator[Installation]:
    """Return the installation without workers, messages or faults, where nothing is due."""
    yield installed
    installed.index.clear_faults()
    for worker in installed.workers:
        worker.kill()
    installed.redis.client.flushall()
    installed.sql("UPDATE scanner_package SET claimed_until = NULL, queued_until = NULL, due_at = NULL")
