"""Host limits: slots, throttling, and Retry-After in every form."""

import signal
import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.index.errors import HostThrottled
from scanner.index.host_limiter import HostLimiter, LimiterPolicy, MemoryLimiterStore, parse_retry_after
from tests.patience import PATIENCE

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOST, URL = "index.example", "https://index.example/simple"
IMPATIENT = LimiterPolicy(slots=1, patience=timedelta(0))


def closed_for(limiter: HostLimiter, status: int, retry_after: str | None) -> timedelta:
    with pytest.raises(HostThrottled) as caught:
        limiter.check_answer(HOST, URL, status, retry_after)
    return caught.value.until - NOW


def test_an_answer_that_is_not_a_refusal_closes_nothing() -> None:
    limiter = HostLimiter(clock=lambda: NOW)
    for status in (200, 304, 404, 500, 502):
        limiter.check_answer(HOST, URL, status, "60")
    with limiter.slot(HOST, URL):
        assert limiter.closed_until(HOST) is None


@pytest.mark.parametrize("status", [429, 503, 504])
@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("0", 1),
        ("Sat, 21 Nov 2026 12:00:09 GMT", 9),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 1),
        ("Saturday, 21-Nov-26 12:00:09 GMT", 9),
        (None, 30),
        ("", 30),
        ("soon", 30),
        ("-5", 30),
        ("7.5", 30),
        ("99999999999999999999", 300),
        ("Sat, 21 Nov 2099 12:00:00 GMT", 300),
    ],
)
def test_not_now_closes_the_host_for_as_long_as_it_says_within_bounds(
    status: int, retry_after: str | None, seconds: int
) -> None:
    assert closed_for(HostLimiter(clock=lambda: NOW), status, retry_after) == timedelta(seconds=seconds)


def test_the_default_and_the_longest_wait_are_settings() -> None:
    limiter = HostLimiter(
        policy=LimiterPolicy(default_wait=timedelta(seconds=3), longest_wait=timedelta(seconds=5)),
        clock=lambda: NOW,
    )
    assert closed_for(limiter, 503, None) == timedelta(seconds=3)
    assert closed_for(limiter, 503, "3600") == timedelta(seconds=5)


def test_a_closed_host_lets_nobody_in_and_other_hosts_stay_open() -> None:
    limiter = HostLimiter(clock=lambda: NOW)
    closed_for(limiter, 429, "60")
    with pytest.raises(HostThrottled) as caught, limiter.slot(HOST, URL):
        pass
    assert (caught.value.host, caught.value.until) == (HOST, NOW + timedelta(seconds=60))
    with limiter.slot("other.example", URL):
        assert limiter.closed_until("other.example") is None


def test_a_host_is_never_opened_earlier_by_a_second_answer() -> None:
    store = MemoryLimiterStore()
    store.close(HOST, NOW + timedelta(seconds=60))
    store.close(HOST, NOW + timedelta(seconds=5))
    assert store.closed_until(HOST) == NOW + timedelta(seconds=60)


def test_workers_that_share_a_store_share_what_a_host_said() -> None:
    store = MemoryLimiterStore()
    closed_for(HostLimiter(store, clock=lambda: NOW), 503, "60")
    with pytest.raises(HostThrottled), HostLimiter(store, clock=lambda: NOW).slot(HOST, URL):
        pass


def test_a_place_is_given_back_also_after_a_failure() -> None:
    limiter = HostLimiter(policy=IMPATIENT, clock=lambda: NOW)
    for _ in range(3):
        with pytest.raises(KeyError), limiter.slot(HOST, URL):
            raise KeyError
    with (
        limiter.slot(HOST, URL),
        pytest.raises(HostThrottled, match="all its connections in use"),
        limiter.slot(HOST, URL),
    ):
        pass


def test_no_more_threads_are_inside_than_there_are_slots() -> None:
    limiter = HostLimiter(policy=LimiterPolicy(slots=2), clock=lambda: NOW)
    inside, most, counting = 0, 0, threading.Lock()
    both_in = threading.Barrier(2, timeout=PATIENCE)

    def visit() -> None:
        nonlocal inside, most
        with limiter.slot(HOST, URL):
            with counting:
                inside += 1
                most = max(most, inside)
            both_in.wait()
            with counting:
                inside -= 1

    threads = [threading.Thread(target=visit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert (inside, most) == (0, 2)


def test_who_waited_for_a_place_does_not_enter_a_host_that_closed_meanwhile() -> None:
    class ClosesWhileWaiting(MemoryLimiterStore):
        def acquire(self, host: str, slots: int, patience: timedelta) -> bool:
            self.close(host, NOW + timedelta(seconds=60))
            return super().acquire(host, slots, patience)

    limiter = HostLimiter(ClosesWhileWaiting(), clock=lambda: NOW)
    with pytest.raises(HostThrottled), limiter.slot(HOST, URL):
        pytest.fail("went in")


@given(st.text(max_size=40))
def test_any_retry_after_is_a_wait_of_a_second_or_more_or_none(text: str) -> None:
    wait = parse_retry_after(text, NOW)
    assert wait is None or wait >= timedelta(seconds=1)


def test_who_is_interrupted_while_waiting_for_a_place_keeps_no_one_out() -> None:
    store = MemoryLimiterStore()
    assert store.acquire(HOST, 1, timedelta(0))

    def interrupt(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(TimeoutError):
            store.acquire(HOST, 1, timedelta(seconds=PATIENCE))
    finally:
        signal.signal(signal.SIGALRM, before)
    store.release(HOST)
    assert store.acquire(HOST, 1, timedelta(0))
