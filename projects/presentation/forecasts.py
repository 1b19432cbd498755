"""A forecast of first wheels in words: the range, the method, and the data that it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from scanner.domain.phrases import day_text, join_words
from scanner.domain.releases.first_wheels import Lag, WheelForecast
from scanner.domain.translation import gettext, ngettext


class LagLine(Struct, frozen=True):
    """One lag as a line of a table: "3.14", "12 days after", "2.1.0", and the day of the upload.

    `whole` is all of it: "3.14: 12 days after its release (2.1.0, 19 October 2025)".
    """

    python: str
    text: str
    version: str
    uploaded: date
    whole: str


class ForecastText(Struct, frozen=True):
    """A forecast. `text` has the range and the method; `lines` are the data, newest first."""

    text: str
    is_overdue: bool
    lines: tuple[LagLine, ...]


def describe_forecast(found: WheelForecast) -> ForecastText:
    """Return a forecast in words."""
    pythons = join_words([lag.python.label for lag in found.lags])
    if found.is_overdue:
        text = gettext(
            "No date: its first wheel takes longer than each of those for {pythons}. "
            "By them it would have come by {day}."
        ).format(pythons=pythons, day=day_text(found.latest))
        return ForecastText(text, found.is_overdue, lag_lines(found.lags))
    if found.earliest == found.latest:
        text = gettext(
            "Around {day}, if it comes as long after the release of {python} ({released}) as those for {pythons}."
        )
    else:
        text = gettext(
            "Between {earliest} and {day}, if it comes as long after the release of {python} ({released}) "
            "as those for {pythons}."
        )
    text = text.format(
        earliest=day_text(found.earliest),
        day=day_text(found.latest),
        python=found.python.label,
        released=day_text(found.released),
        pythons=pythons,
    )
    return ForecastText(text, found.is_overdue, lag_lines(found.lags))


def lag_lines(lags: Sequence[Lag]) -> tuple[LagLine, ...]:
    """Return lags as lines, newest first."""
    return tuple(
        LagLine(lag.python.label, lag_text(lag.days), lag.version, lag.uploaded, _whole(lag)) for lag in reversed(lags)
    )


def _whole(lag: Lag) -> str:
    days = abs(lag.days)
    if not days:
        text = gettext("{python}: on the day of its release ({version}, {day})")
    elif lag.days > 0:
        text = ngettext(
            "{python}: {count} day after its release ({version}, {day})",
            "{python}: {count} days after its release ({version}, {day})",
            days,
        )
    else:
        text = ngettext(
            "{python}: {count} day before its release ({version}, {day})",
            "{python}: {count} days before its release ({version}, {day})",
            days,
        )
    return text.format(python=lag.python.label, count=days, version=lag.version, day=day_text(lag.uploaded))


def lag_text(days: int) -> str:
    """Return a lag in words: "12 days after", "3 days before", "on the day of"."""
    if not days:
        return gettext("on the day of")
    if days > 0:
        return ngettext("{count} day after", "{count} days after", days).format(count=days)
    return ngettext("{count} day before", "{count} days before", -days).format(count=-days)
