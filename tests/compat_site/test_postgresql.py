from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

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


def test_text_is_stored_as_utf_8() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_encoding")
        assert cursor.fetchone() == ("UTF8",)
