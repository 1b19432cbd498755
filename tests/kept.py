"""Rows that many tests begin with, stored once and kept in a transaction around the tests that ask for them.

Each test has a transaction of its own inside, which is rolled back, and copies of what was made: nothing that it
changes reaches the next one. A test that asks for other rows, or for none, finds the database without them.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Collection, Iterator
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker


class _Layer:
    """What one function made, and the transaction that holds its rows."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._transaction = transaction.atomic()
        self._transaction.__enter__()
        try:
            self.value = _make(name, _kept_value)
        except BaseException:
            self.remove()
            raise

    def remove(self) -> None:
        transaction.set_rollback(True)
        self._transaction.__exit__(None, None, None)


_makers: dict[str, Callable[..., Any]] = {}
# Each around those that follow it.
_layers: list[_Layer] = []
# There is one while there is a database.
_blockers: list[DjangoDbBlocker] = []


def kept(make: Callable[..., Any]) -> Any:
    """Make a fixture of a function that stores rows; its parameters are other such fixtures, defined before it."""
    name = make.__name__
    assert name not in _makers, f"two fixtures that keep rows are called {name}"
    _makers[name] = make

    @pytest.fixture(name=name)
    def fixture(request: pytest.FixtureRequest, _rows_are_kept: None, db: None) -> Any:
        if any(layer.name == name for layer in _layers):
            return copy.deepcopy(_kept_value(name))
        # The first test that asks: there was no database yet before it.
        return _make(name, request.getfixturevalue)

    return fixture


@pytest.fixture(scope="session")
def _rows_are_kept(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Keep rows from the next test on, as long as there is a database."""
    _blockers.append(django_db_blocker)
    yield
    _keep_only([])
    _blockers.clear()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Keep what the test begins with and remove all else, before it has a transaction of its own."""
    names: Collection[str] = getattr(item, "fixturenames", ())
    marker = item.get_closest_marker("django_db")
    if _blockers and (marker is not None or "_django_db_helper" in names):
        commits = "transactional_db" in names or "live_server" in names or (marker is not None and marker.kwargs)
        _keep_only([] if commits else _with_needs(names))


def _keep_only(names: list[str]) -> None:
    with _blockers[0].unblock():
        while [layer.name for layer in _layers] != names[: len(_layers)]:
            _layers.pop().remove()
        for name in names[len(_layers) :]:
            _layers.append(_Layer(name))  # noqa: PERF401 - each reads those before it in the list


def _with_needs(names: Collection[str]) -> list[str]:
    found = {*names}
    for name in reversed(_makers):
        if name in found:
            found.update(inspect.signature(_makers[name]).parameters)
    return [name for name in _makers if name in found]


def _make(name: str, value_of: Callable[[str], Any]) -> Any:
    make = _makers[name]
    return make(*map(value_of, inspect.signature(make).parameters))


def _kept_value(name: str) -> Any:
    return next(layer.value for layer in _layers if layer.name == name)
