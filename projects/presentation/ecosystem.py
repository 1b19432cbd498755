"""The ecosystem board: how far the packages of this installation have come on each target, and the trend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct

from projects.presentation.columns import column_of
from scanner.domain.matching.availability import Availability
from scanner.domain.phrases import day_text
from scanner.domain.releases.first_wheels import FirstWheel
from scanner.domain.targets.catalogue import DESKTOP_PLATFORMS, SERVER_PLATFORMS
from scanner.domain.targets.target import Target, parse_target
from scanner.domain.translation import gettext, ngettext, noop

PLATFORMS = (*SERVER_PLATFORMS, *DESKTOP_PLATFORMS)
PYTHONS = ("cp313", "cp314", "cp314t", "cp315", "cp315t")
BOARD: tuple[Target, ...] = tuple(parse_target(f"{python}-{platform}") for python in PYTHONS for platform in PLATFORMS)
"""The targets of the board, by Python, then platform."""
_MONTHS = 24
_WHEEL = noop("wheel")
_KINDS = {Availability.ABI3: "abi3", Availability.FALLBACK: noop("pure only"), Availability.PURE: noop("pure")}
_COMPILED = frozenset({Availability.NATIVE, Availability.ABI3, Availability.FALLBACK})


class BoardCell(Struct, frozen=True):
    """One target: how many packages have a wheel, as a share of `total` from 0 to 100, and three months ago."""

    slug: str
    label: str
    served: int
    total: int
    share: float
    before: int

    @property
    def text(self) -> str:
        """The share in words, with its denominator."""
        return gettext("{count} of {total}").format(count=self.served, total=self.total)

    @property
    def gained_text(self) -> str:
        """How many packages more than three months ago, in words."""
        gained = self.served - self.before
        if gained <= 0:
            return gettext("no change in three months")
        return gettext("{count} more in three months").format(count=gained)


class BoardRow(Struct, frozen=True):
    """One Python over the platforms, with its trend on the first platform as points of a plot of 100 by 100."""

    python: str
    cells: tuple[BoardCell, ...]
    points: str
    trend: str


class BoardUse(Struct, frozen=True):
    """How many projects use a package. `is_yours`: one of the reader's does, so that its page is open to them."""

    projects: int = 0
    is_yours: bool = False


class BoardPackage(Struct, frozen=True):
    """One package on the chosen target. `since` is the day of its first wheel, None without one."""

    name: str
    use: BoardUse
    since: date | None
    version: str
    kind: str


class EcosystemPage(Struct, frozen=True):
    """The board. `total` packages have compiled wheels and count; `pure` install everywhere and do not."""

    platforms: tuple[str, ...]
    rows: tuple[BoardRow, ...]
    total: int
    pure: int
    chosen: Target
    packages: tuple[BoardPackage, ...]
    count_text: str

    @property
    def chosen_label(self) -> str:
        """The name of the chosen target."""
        return column_of(self.chosen.slug).label


def ecosystem_page(
    wheels: Mapping[str, Sequence[FirstWheel]], uses: Mapping[str, BoardUse], chosen: str, today: date
) -> EcosystemPage:
    """Return the board. `wheels` are the first wheels of each package on BOARD, `uses` who uses it."""
    counted = {name: found for name, found in wheels.items() if _is_compiled(found)}
    pure = sum(1 for name, found in wheels.items() if name not in counted and any(wheel.served for wheel in found))
    slugs = [target.slug for target in BOARD]
    at = slugs.index(chosen) if chosen in slugs else slugs.index(f"cp315-{PLATFORMS[0]}")
    packages = sorted(
        (_package(name, uses.get(name, BoardUse()), found[at]) for name, found in counted.items()),
        key=lambda one: (one.since is not None, -one.use.projects, one.name),
    )
    served = sum(1 for one in packages if one.since)
    return EcosystemPage(
        platforms=tuple(target.platform.label for target in BOARD[: len(PLATFORMS)]),
        rows=tuple(_row(start, counted, today) for start in range(0, len(BOARD), len(PLATFORMS))),
        total=len(counted),
        pure=pure,
        chosen=BOARD[at],
        packages=tuple(packages),
        count_text=ngettext(
            "{count} of {total} package with a wheel", "{count} of {total} packages with a wheel", len(packages)
        ).format(count=served, total=len(packages)),
    )


def _is_compiled(found: Sequence[FirstWheel]) -> bool:
    return any(wheel.served and wheel.served.availability in _COMPILED for wheel in found)


def _row(start: int, counted: Mapping[str, Sequence[FirstWheel]], today: date) -> BoardRow:
    cells = []
    for at in range(start, start + len(PLATFORMS)):
        days = _days(counted, at)
        before = sum(1 for day in days if day <= today - timedelta(days=91))
        share = round(100 * len(days) / len(counted), 1) if counted else 0.0
        cells.append(BoardCell(BOARD[at].slug, BOARD[at].label, len(days), len(counted), share, before))
    python = BOARD[start].python.label
    points, trend = _trend(_days(counted, start), len(counted), today)
    return BoardRow(python, tuple(cells), points, trend)


def _days(counted: Mapping[str, Sequence[FirstWheel]], at: int) -> list[date]:
    return [served.uploaded for found in counted.values() if (served := found[at].served)]


def _trend(days: Sequence[date], total: int, today: date) -> tuple[str, str]:
    """Return the share of each month of two years, as points and in words."""
    if not total:
        return "", ""
    months = [today - timedelta(days=round(30.44 * back)) for back in range(_MONTHS, -1, -1)]
    shares = [100 * sum(1 for day in days if day <= month) / total for month in months]
    points = " ".join(f"{100 * at / _MONTHS:.1f},{100 - share:.1f}" for at, share in enumerate(shares))
    year = shares[_MONTHS // 2]
    text = gettext("{now}% now, {before}% a year ago ({day})")
    return points, text.format(now=f"{shares[-1]:.0f}", before=f"{year:.0f}", day=day_text(months[_MONTHS // 2]))


def _package(name: str, use: BoardUse, wheel: FirstWheel) -> BoardPackage:
    served = wheel.served
    if served is None:
        return BoardPackage(name, use, None, "", "")
    kind = gettext(_KINDS.get(served.availability, _WHEEL))
    return BoardPackage(name, use, served.uploaded, served.version, kind)
