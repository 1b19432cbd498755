from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from psycopg import OperationalError

from tests.patience import PATIENCE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("postgresql_database")]


def test_connections_are_shared_and_never_more_than_the_pool_holds() -> None:
    threads = 24
    together = Barrier(threads)

    def backend() -> int:
        together.wait(PATIENCE)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                row = cursor.fetchone()
                assert row is not None
                return int(row[0])
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as executor:
        backends = [future.result(PATIENCE) for future in [executor.submit(backend) for _ in range(threads)]]
    assert len(backends) == threads
    assert len(set(backends)) <= connection.settings_dict["OPTIONS"]["pool"]["max_size"] < threads


def test_a_connection_that_the_server_ended_is_found_out_however_lately_it_was_checked() -> None:
    with _pool().connection() as kept, _pool().connection() as other:
        kept.execute("")
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [kept.info.backend_pid])
        with pytest.raises(OperationalError):
            kept.execute("")


def test_a_connection_that_was_checked_a_moment_ago_is_not_asked_again() -> None:
    with _pool().connection() as kept:
        kept.execute("")
        asked = kept._checked_at
        kept.execute("")
        assert kept._checked_at == asked > 0
        kept._checked_at = 0.0
        kept.execute("")
        assert kept._checked_at > 0


def _pool() -> Any:
    return connection.pool  # type: ignore[attr-defined]  # of PostgreSQL only


def test_text_is_stored_as_utf_8() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_encoding")
        assert cursor.fetchone() == ("UTF8",)
