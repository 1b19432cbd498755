"""The check boxes with which targets are chosen: Pythons by platforms, and runtimes by system."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from projects.presentation.columns import column_of
from scanner.domain.phrases import count, join_words
from scanner.domain.targets.catalogue import SAMPLE_TARGETS
from scanner.domain.targets.names import find_target
from scanner.domain.targets.platforms import Platform
from scanner.domain.targets.pythons import PYTHONS, Python
from scanner.domain.targets.runtimes import RUNTIMES, Runtime
from scanner.domain.targets.target import Target, UnknownTarget, parse_target
from scanner.domain.translation import gettext, ngettext

# Offered in addition to the platforms of the sample.
_MORE_TARGETS = ("cp313-macosx_14_0_x86_64",)
MOST_TARGETS = 150


class GridCell(Struct, frozen=True):
    """A check box for one target."""

    slug: str
    label: str
    checked: bool


class GridRow(Struct, frozen=True):
    """A Python with a box for each platform, in their order."""

    python: Python
    cells: tuple[GridCell, ...]


class TargetGrid(Struct, frozen=True):
    """All check boxes, as rows of Pythons and columns of platforms."""

    platforms: tuple[Platform, ...]
    rows: tuple[GridRow, ...]

    @property
    def summary(self) -> str:
        """What is checked: "36 targets (Python 3.11, 3.12 and 3.13 on 6 platforms)"."""
        checked = [(row.python.label, at) for row in self.rows for at, cell in enumerate(row.cells) if cell.checked]
        pythons = join_words(list(dict.fromkeys(python for python, _ in checked)))
        number = len({at for _, at in checked})
        where = ngettext(
            "Python {pythons} on {count} platform", "Python {pythons} on {count} platforms", number
        ).format(pythons=pythons, count=number)
        return f"{count(len(checked), 'target')} ({where})" if checked else gettext("no target")


def target_grid(chosen: Iterable[str]) -> TargetGrid:
    """Return the grid of all Pythons on the platforms of the sample and of the chosen targets, which are checked."""
    checked = {target.slug for target in _known(chosen)}
    offered = [*SAMPLE_TARGETS, *_known(_MORE_TARGETS), *_known(checked)]
    platforms = {target.platform.slug: target.platform for target in offered}
    return TargetGrid(
        platforms=tuple(platforms.values()),
        rows=tuple(GridRow(python, tuple(_cells(python, platforms, checked))) for python in PYTHONS),
    )


def _cells(python: Python, platforms: Iterable[str], checked: set[str]) -> Iterable[GridCell]:
    for platform in platforms:
        slug = f"{python.slug}-{platform}"
        yield GridCell(slug, column_of(slug).label, slug in checked)


def chosen_targets(
    slugs: Sequence[str], runtimes: Sequence[str], pythons: Sequence[str], names: Sequence[str] = ()
) -> list[str]:
    """Return the slugs of the checked boxes, then of each Python on each runtime, then of the names, without repeats.

    `runtimes` are their keys. Raises UnknownTarget for an invalid slug or name.
    """
    platforms = [runtime.platform.slug for runtime in RUNTIMES if runtime.key in runtimes]
    chosen = [*slugs, *(f"{python}-{platform}" for platform in platforms for python in pythons)]
    targets = [*map(parse_target, chosen), *map(find_target, names)]
    return list(dict.fromkeys(target.slug for target in targets))


def runtimes_by_system() -> dict[str, list[Runtime]]:
    """Return the runtimes grouped by the name of their system."""
    grouped: dict[str, list[Runtime]] = {}
    for runtime in RUNTIMES:
        grouped.setdefault(runtime.platform.system.value, []).append(runtime)
    return grouped


def _known(slugs: Iterable[str]) -> list[Target]:
    """Parse the slugs and leave out those that are invalid."""
    targets = []
    for slug in slugs:
        try:
            targets.append(parse_target(slug))
        except UnknownTarget:
            continue
    return targets
