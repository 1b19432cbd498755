"""A claim is renewed while its work goes on, and not after it."""

import threading
from datetime import datetime

import pytest
from django.db import DatabaseError

from projects.services import renewal
from projects.services.renewal import renewed
from tests.patience import PATIENCE


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal, "_RENEW_EVERY", 0.01)
    monkeypatch.setattr(renewal, "_renewals", renewal._Renewals())


class Renewals:
    """Counts renewals; the first ones may fail."""

    def __init__(self, failing: int = 0) -> None:
        self.times: list[datetime] = []
        self.twice = threading.Event()
        self._failing = failing

    def __call__(self, moment: datetime) -> None:
        self.times.append(moment)
        if len(self.times) <= self._failing:
            raise DatabaseError
        if len(self.times) >= 2:
            self.twice.set()


def test_claims_are_renewed_as_long_as_their_work_takes() -> None:
    one, other = Renewals(), Renewals(failing=1)
    with renewed(one):
        with renewed(other):
            assert one.twice.wait(PATIENCE)
            assert other.twice.wait(PATIENCE)
        ended = len(other.times)
        one.twice.clear()
        assert one.twice.wait(PATIENCE)
        assert len(other.times) == ended
    assert one.times == sorted(one.times)


def test_work_that_ends_waits_for_a_renewal_that_has_begun() -> None:
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def slow(moment: datetime) -> None:
        begun.set()
        may_end.wait(PATIENCE)
        ended.set()

    with renewed(slow):
        assert begun.wait(PATIENCE)
        may_end.set()
    assert ended.is_set()


def test_the_thread_ends_without_claims_and_begins_again_with_the_next_one() -> None:
    for _ in range(2):
        again = Renewals()
        with renewed(again):
            assert again.twice.wait(PATIENCE)
        thread = next((one for one in threading.enumerate() if one.name == "claim-renewal"), None)
        if thread is not None:
            thread.join(PATIENCE)
            assert not thread.is_alive()
