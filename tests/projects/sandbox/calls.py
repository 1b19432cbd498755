"""Functions for a child to call."""

import os
import time
from pathlib import Path


def double(number: int) -> int:
    return 2 * number


def fail(text: str) -> None:
    raise ValueError(text)


def process_id() -> int:
    return os.getpid()


def environment() -> dict[str, str]:
    return dict(os.environ)


def compute_for_ever() -> None:
    while True:
        pass


def wait_for_ever() -> None:
    time.sleep(3600)


def wait_for_ever_on(files: object, roots: object) -> None:
    time.sleep(3600)


def wait_for_file(begun: str, until: str) -> None:
    """Create one file, and wait for another."""
    Path(begun).touch()
    while not Path(until).exists():
        time.sleep(0.01)


def fill_memory() -> int:
    return len([bytearray(1_000_000) for _ in range(10_000)])


def leave(code: int) -> None:
    os._exit(code)


def print_and_double(number: int) -> int:
    print("a library says something")
    return 2 * number
