"""A forecast of first wheels in words: the range, the method, and the data that it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from scanner.domain.phrases import count, join_words
from scanner.domain.releases.first_wheels import Lag, WheelForecast


class LagLine(Struct, frozen=True):
    """One lag as a line of a table: "3.14", "12 days after", "2.1.0", and the day of the upload."""

    python: str
    text: str
    version: str
    uploaded: date


class ForecastText(Struct, frozen=True):
    """A forecast. `text` has the range and the method; `lines` are the data, newest first."""

    text: str
    is_overdue: bool
    lines: tuple[LagLine, ...]


def describe_forecast(found: WheelForecast) -> ForecastText:
    """Return a forecast in words."""
    pythons = join_words([lag.python.label for lag in found.lags])
    method = f"as long after the release of {found.python.label} ({day_text(found.released)}) as those for {pythons}"
    if found.is_overdue:
        text = (
            f"No date: its first wheel takes longer than each of those for {pythons}. "
            f"By them it would have come by {day_text(found.latest)}."
        )
    elif found.earliest == found.latest:
        text = f"Around {day_text(found.latest)}, if it comes {method}."
    else:
        text = f"Between {day_text(found.earliest)} and {day_text(found.latest)}, if it comes {method}."
    return ForecastText(text, found.is_overdue, lag_lines(found.lags))


def lag_lines(lags: Sequence[Lag]) -> tuple[LagLine, ...]:
    """Return lags as lines, newest first."""
    return tuple(LagLine(lag.python.label, lag_text(lag.days), lag.version, lag.uploaded) for lag in reversed(lags))


def lag_text(days: int) -> str:
    """Return a lag in words: "12 days after", "3 days before", "on the day of"."""
    if not days:
        return "on the day of"
    return f"{count(abs(days), 'day')} {'after' if days > 0 else 'before'}"


def day_text(day: date) -> str:
    """Return a day as "5 October 2026"."""
    return f"{day.day} {day:%B %Y}"
