"""The grid of check boxes that targets are chosen with: Python by platform, and what people run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from projects.presentation.columns import column_of
from scanner.domain.targets.catalogue import SAMPLE_TARGETS
from scanner.domain.targets.platforms import Platform
from scanner.domain.targets.pythons import PYTHONS, Python
from scanner.domain.targets.runtimes import RUNTIMES, Runtime
from scanner.domain.targets.target import Target, UnknownTarget, parse_target

# Beside the sample's: what a grid must offer without being asked.
_MORE_PLATFORMS = ("cp313-macosx_14_0_x86_64",)
MOST_TARGETS = 150


@dataclass(frozen=True, slots=True)
class GridCell:
    """One box."""

    slug: str
    label: str
    checked: bool


@dataclass(frozen=True, slots=True)
class GridRow:
    """One Python with its boxes, in the order of the platforms."""

    python: Python
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True)
class TargetGrid:
    """The boxes, with those of `chosen` checked."""

    platforms: tuple[Platform, ...]
    rows: tuple[GridRow, ...]


def target_grid(chosen: Iterable[str]) -> TargetGrid:
    """The grid of all known Pythons on the sample's platforms and on every platform that is chosen already."""
    checked = {target.slug for target in _known(chosen)}
    offered = [*SAMPLE_TARGETS, *_known(_MORE_PLATFORMS), *_known(checked)]
    platforms = {target.platform.slug: target.platform for target in offered}
    return TargetGrid(
        platforms=tuple(platforms.values()),
        rows=tuple(GridRow(python, tuple(_cells(python, platforms, checked))) for python in PYTHONS),
    )


def _cells(python: Python, platforms: Iterable[str], checked: set[str]) -> Iterable[GridCell]:
    for platform in platforms:
        slug = f"{python.slug}-{platform}"
        yield GridCell(slug, column_of(slug).label, slug in checked)


def chosen_targets(slugs: Sequence[str], runtimes: Sequence[str], pythons: Sequence[str]) -> list[str]:
    """The targets of the checked boxes, then each Python on each runtime, without repeats. `runtimes` are labels.

    Raises UnknownTarget for a slug that is none.
    """
    platforms = [runtime.platform.slug for runtime in RUNTIMES if runtime.label in runtimes]
    wanted = [*slugs, *(f"{python}-{platform}" for platform in platforms for python in pythons)]
    return list(dict.fromkeys(parse_target(slug).slug for slug in wanted))


def runtimes_by_system() -> dict[str, list[Runtime]]:
    """What people run, by system, in the catalogue's order."""
    grouped: dict[str, list[Runtime]] = {}
    for runtime in RUNTIMES:
        grouped.setdefault(runtime.platform.system.value, []).append(runtime)
    return grouped


def _known(slugs: Iterable[str]) -> list[Target]:
    targets = []
    for slug in slugs:
        try:
            targets.append(parse_target(slug))
        except UnknownTarget:
            continue
    return targets
