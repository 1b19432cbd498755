"""The first wheels of a package for each Python and platform, as a plot over time whose table is its text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct

from projects.domain.assessment.verdicts import Verdict
from projects.presentation.forecasts import ForecastText, LagLine, describe_forecast, lag_lines, lag_text
from scanner.domain.matching.availability import Availability
from scanner.domain.releases.first_wheels import FEWEST_LAGS, FirstWheel, Lag, WheelForecast
from scanner.domain.targets.pythons import PYTHON_BRANCHES, Implementation, Python
from scanner.domain.translation import gettext, noop

_LOOKS = {
    Availability.NATIVE: (Verdict.READY, ""),
    Availability.ABI3: (Verdict.READY, "abi3"),
    Availability.PURE: (Verdict.READY, noop("pure")),
    Availability.FALLBACK: (Verdict.DEGRADED, noop("pure only")),
}


class TimelineMark(Struct, frozen=True):
    """One first wheel in the plot: its place from 0 to 100, and its text."""

    x: float
    look: Verdict
    text: str


class TimelineCell(Struct, frozen=True):
    """The first wheel for one Python on one platform: "14 Oct 2025", "7 days after", 3.11.4. None is "no wheel"."""

    look: Verdict
    day: date | None
    text: str
    version: str


class TimelineRow(Struct, frozen=True):
    """One Python: its release, `released_x` its place in the plot (None before it), marks and cells by platform."""

    python: str
    released: date | None
    released_x: float | None
    marks: tuple[TimelineMark, ...]
    cells: tuple[TimelineCell, ...]

    @property
    def is_lacking(self) -> bool:
        """Whether it is a released Python, with the GIL, without a wheel on the first platform."""
        return self.cells[0].look is Verdict.BLOCKED and not self.python.endswith("t")


class Timeline(Struct, frozen=True):
    """The plot from `start` to `end`. `lags` and `forecast` are those of the first platform."""

    platforms: tuple[str, ...]
    rows: tuple[TimelineRow, ...]
    start: date
    end: date
    lags: tuple[LagLine, ...]
    forecast: ForecastText | None
    forecast_python: str

    @property
    def silence(self) -> str:
        """Why there is no forecast for the newest released Python that lacks a wheel; "" where nothing is lacking."""
        lacking = next((row for row in self.rows if row.is_lacking), None)
        if self.forecast is not None or lacking is None:
            return ""
        if any(cell.day for cell in lacking.cells):
            text = gettext(
                "No forecast for {python} on {platform}: other platforms have its wheel, "
                "so the time that other Pythons took says nothing about it."
            )
        else:
            text = gettext(
                "No forecast for {python} on {platform}: {count} of at least {fewest} first wheels "
                "that followed a release are known."
            )
        platform = self.platforms[0]
        return text.format(python=lacking.python, platform=platform, count=len(self.lags), fewest=FEWEST_LAGS)

    @property
    def lags_text(self) -> str:
        """The lags on the first platform, in one sentence."""
        lags = "; ".join(f"Python {line.python} {line.text}" for line in self.lags)
        text = gettext("First wheels on {platform}, counted from each release: {lags}.")
        return text.format(platform=self.platforms[0], lags=lags)


def timeline(
    wheels: Mapping[str, Sequence[FirstWheel]],
    pythons: Sequence[Python],
    today: date,
    *,
    lags: Sequence[Lag],
    forecast: WheelForecast | None,
) -> Timeline | None:
    """Return the plot. `wheels` maps each platform's label to the first wheels of `pythons`; None without any wheel."""
    days = [one.served.uploaded for found in wheels.values() for one in found if one.served]
    if not days:
        return None
    start = min([*days, *filter(None, map(_released, pythons))])
    scale = _Scale(start, today)
    rows = [
        _row(python, {platform: found[at] for platform, found in wheels.items()}, scale)
        for at, python in enumerate(pythons)
    ]
    return Timeline(
        platforms=tuple(wheels),
        rows=tuple(reversed(rows)),
        start=start,
        end=today,
        lags=lag_lines(lags),
        forecast=describe_forecast(forecast) if forecast else None,
        forecast_python=forecast.python.label if forecast else "",
    )


class _Scale(Struct, frozen=True):
    start: date
    end: date

    def place(self, day: date) -> float:
        whole = max((self.end - self.start).days, 1)
        return round(min(max(100 * (day - self.start).days / whole, 0), 100), 2)


def _row(python: Python, wheels: Mapping[str, FirstWheel], scale: _Scale) -> TimelineRow:
    released = _released(python)
    marks, cells = [], []
    for platform, wheel in wheels.items():
        served = wheel.served
        if served is None:
            # Before its release, nobody can miss a wheel for a Python.
            is_out = released is not None and released <= scale.end
            cells.append(TimelineCell(Verdict.BLOCKED if is_out else Verdict.INACTIVE, None, gettext("no wheel"), ""))
            continue
        look, kind = _LOOKS.get(served.availability, (Verdict.READY, ""))
        days = (served.uploaded - released).days if released else None
        lag = lag_text(days) if days is not None and not kind and abs(days) < _FAR else gettext(kind)
        cells.append(TimelineCell(look, served.uploaded, lag, served.version))
        text = f"{platform}: {served.version}, {served.uploaded:%Y-%m-%d}"
        marks.append(TimelineMark(scale.place(served.uploaded), look, text))
    place = scale.place(released) if released and released <= scale.end else None
    return TimelineRow(python.label, released, place, tuple(marks), tuple(cells))


# A wheel years before or after a Python was not made for its release.
_FAR = 730


def _released(python: Python) -> date | None:
    if python.implementation is not Implementation.CPYTHON:
        return None
    branch = PYTHON_BRANCHES.get(python.version)
    return branch.released if branch else None
