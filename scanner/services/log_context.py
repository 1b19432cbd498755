"""What a log line is about: a task, a package. Every line logged inside carries it, whoever logs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_facts: ContextVar[Mapping[str, object]] = ContextVar("log_facts", default={})  # noqa: B039  replaced, never changed


@contextmanager
def about(**facts: object) -> Iterator[None]:
    """Lines logged inside carry these facts beside those from around. A thread begins with none."""
    token = _facts.set({**_facts.get(), **facts})
    try:
        yield
    finally:
        _facts.reset(token)


def facts_of_lines() -> Mapping[str, object]:
    """What a line that is logged now is about."""
    return _facts.get()
