"""The order in which threads write to SQLite."""

import time
from concurrent.futures import ThreadPoolExecutor

from compat_site.sqlite.turns import Turns


def test_a_thread_that_gives_way_waits_until_no_other_one_does() -> None:
    turns, done = Turns(), list[str]()
    first = turns.take(1)

    def write(name: str, *, gives_way: bool) -> None:
        turn = turns.take(10, gives_way=gives_way)
        done.append(name)
        turns.give_back(turn)

    with ThreadPoolExecutor(2) as pool:
        pool.submit(write, "patient", gives_way=True)
        time.sleep(0.05)
        pool.submit(write, "other", gives_way=False)
        time.sleep(0.05)
        turns.give_back(first)
    assert done == ["other", "patient"]


def test_a_turn_that_does_not_come_in_time_is_given_up() -> None:
    turns = Turns()
    first = turns.take(1)
    assert turns.take(0.01) is None
    turns.give_back(first)
    assert turns.take(0.01) is not None
