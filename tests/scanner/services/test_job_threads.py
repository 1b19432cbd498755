"""Jobs in threads: urgent ones first, results in one place, nothing begun after the end."""

import threading

import pytest

from scanner.services.job_threads import JobThreads

pytestmark = pytest.mark.django_db(transaction=True)


def ended(jobs: JobThreads[str, int]) -> list[str]:
    found = []
    while jobs.busy:
        found += [key for key, _ in jobs.take(5)]
    return found


def test_urgent_jobs_run_before_likely_ones_that_were_submitted_earlier() -> None:
    jobs: JobThreads[str, int] = JobThreads(1)
    go_on = threading.Event()
    jobs.submit("first", lambda: int(go_on.wait(5)), rank=0)
    for key in ("likely", "hurried"):
        jobs.submit(key, lambda: 1, rank=1)
    jobs.submit("urgent", lambda: 1, rank=0)
    jobs.hurry("hurried", 0)
    go_on.set()
    assert ended(jobs) == ["first", "urgent", "hurried", "likely"]
    jobs.close(5)


def test_no_more_threads_run_than_allowed_and_each_job_runs_once() -> None:
    jobs: JobThreads[str, int] = JobThreads(3)
    running, most, lock = [0], [0], threading.Lock()

    def work() -> int:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        with lock:
            running[0] -= 1
        return 1

    keys = [str(number) for number in range(50)]
    for key in keys:
        jobs.submit(key, work, rank=1)
        jobs.hurry(key, 0)
    assert sorted(ended(jobs)) == sorted(keys)
    assert most[0] <= 3
    jobs.close(5)


def test_an_exception_of_a_job_is_raised_where_results_are_taken() -> None:
    jobs: JobThreads[str, int] = JobThreads(2)
    jobs.submit("bad", lambda: 1 // 0, rank=0)
    with pytest.raises(ZeroDivisionError):
        jobs.take(5)
    jobs.close(5)


def test_what_has_not_begun_at_the_end_never_runs() -> None:
    jobs: JobThreads[str, int] = JobThreads(1)
    started, go_on, ran = threading.Event(), threading.Event(), threading.Event()

    def first() -> int:
        started.set()
        return int(go_on.wait(5))

    def second() -> int:
        ran.set()
        return 1

    jobs.submit("first", first, rank=0)
    jobs.submit("second", second, rank=0)
    started.wait(5)
    threading.Timer(0.05, go_on.set).start()
    jobs.close(5)
    assert [key for key, _ in jobs.take(0)] == ["first"]
    assert not ran.is_set()
