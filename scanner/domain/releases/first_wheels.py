"""When a package first had wheels for each Python of a platform, how long after that Python's release, and a forecast.

The lag behind a Python is the time from its final release to the first wheel that was built for it. It says something
about a maintainer only where there was something to wait for: a package that is younger than the Python, a stable-ABI
or pure wheel, and a free-threaded build, which is another decision, give no lag.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from msgspec import Struct

from scanner.domain.matching.availability import Availability
from scanner.domain.targets.pythons import PYTHON_BRANCHES, Implementation, Python
from scanner.domain.targets.target import Target

# Fewer lags are no pattern, and older ones are of other maintainers.
FEWEST_LAGS = 3
MOST_LAGS = 4


class ServedBy(NamedTuple):
    """The first release with a wheel for a target: its version, how the wheel serves, and its upload date."""

    version: str
    availability: Availability
    uploaded: date


class FirstWheel(Struct, frozen=True):
    """The first wheel of a package for a target; `served` is None while there is none."""

    target: Target
    served: ServedBy | None


class Lag(Struct, frozen=True):
    """How many days after a Python's final release the first wheel for it came; negative if it came before."""

    python: Python
    days: int
    version: str
    uploaded: date


class WheelForecast(Struct, frozen=True):
    """When the first wheel for a Python may come, if it takes as long as the last times.

    `lags` are the times that it rests on, oldest first. `is_overdue`: it takes longer than each of them already.
    """

    python: Python
    released: date
    lags: tuple[Lag, ...]
    earliest: date
    latest: date
    is_overdue: bool


def lags(first: Iterable[FirstWheel], package_since: date | None) -> tuple[Lag, ...]:
    """Return the lags of first wheels of one platform, by Python. `package_since` is when the package appeared."""
    found = []
    for wheel in first:
        released = _released(wheel.target.python)
        served = wheel.served
        if released is None or served is None or served.availability is not Availability.NATIVE:
            continue
        if package_since is not None and package_since < released:
            days = (served.uploaded - released).days
            found.append(Lag(wheel.target.python, days, served.version, served.uploaded))
    return tuple(sorted(found, key=lambda lag: lag.python.version))


def forecast(
    first: Sequence[FirstWheel], python: Python, package_since: date | None, today: date
) -> WheelForecast | None:
    """Return when the first wheel for a Python may come; None if it is there, or if too little is known.

    The range is from the shortest to the longest of the last four lags on the platform, at least three.
    """
    released = _released(python)
    if released is None or any(wheel.target.python == python and wheel.served for wheel in first):
        return None
    past = [lag for lag in lags(first, package_since) if lag.python.version < python.version][-MOST_LAGS:]
    if len(past) < FEWEST_LAGS:
        return None
    days = [lag.days for lag in past]
    earliest, latest = (released + timedelta(days=bound(days)) for bound in (min, max))
    return WheelForecast(python, released, tuple(past), earliest, latest, today > latest)


def _released(python: Python) -> date | None:
    """Return the date of the final release of CPython; None before it, for free-threaded builds and for PyPy."""
    if python.implementation is not Implementation.CPYTHON or python.free_threaded:
        return None
    branch = PYTHON_BRANCHES.get(python.version)
    return branch.released if branch is not None else None
