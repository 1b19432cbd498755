"""Waiting for Ctrl-C or a polite kill."""

import signal
import threading


def wait_until_told() -> None:
    """Returns on SIGINT or SIGTERM, also where a shell started the process in the background with SIGINT ignored."""
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    told.wait()
