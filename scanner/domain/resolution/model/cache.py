"""What is worked out once and shared by every target of an assessment: shelves, needs, sets of usable releases."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast

from packaging.utils import NormalizedName

from scanner.domain.resolution.model.requirement import Ask, BadAsk, read_ask
from scanner.domain.resolution.model.source import Builds, Source
from scanner.domain.resolution.model.versions import Shelf
from scanner.domain.resolution.pubgrub.incompatibility import bits
from scanner.domain.targets.target import Target

__all__ = ["Needs", "Stock", "Usable"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Needs:
    """What one release needs, sorted by what decides whether it counts.

    `plain` always counts, `by_extra` with that extra and nothing else; `gated` has a marker to evaluate.
    `unreadable` is the first requirement that nobody can read.
    """

    plain: tuple[Ask, ...]
    gated: tuple[Ask, ...]
    by_extra: dict[NormalizedName, tuple[Ask, ...]]
    unreadable: BadAsk | None


@dataclass(frozen=True, slots=True)
class Usable:
    """Sets of releases on one target: those with an acceptable supply, those yanked there, the rest by obstacle."""

    accepted: int
    yanked: int
    obstacles: tuple[tuple[str, int], ...]


def _sorted_needs(texts: Iterable[str]) -> Needs:
    plain: list[Ask] = []
    gated: list[Ask] = []
    by_extra: dict[NormalizedName, list[Ask]] = {}
    unreadable = None
    for text in texts:
        ask = read_ask(text)
        if isinstance(ask, BadAsk):
            unreadable = unreadable or ask
        elif ask.marker is None:
            plain.append(ask)
        elif ask.only_extra is None:
            gated.append(ask)
        else:
            by_extra.setdefault(ask.only_extra, []).append(ask)
    extras = {extra: tuple(asks) for extra, asks in by_extra.items()}
    return Needs(tuple(plain), tuple(gated), extras, unreadable)


class Stock:
    """A memo over a source. It lives as long as the source's answers hold: one assessment."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._shelves: dict[NormalizedName, Shelf | None] = {}
        self._needs: dict[tuple[NormalizedName, int], Needs | None] = {}
        self._same: dict[tuple[NormalizedName, Ask], int] = {}
        self._usable: dict[tuple[Target, Builds], dict[NormalizedName, Usable]] = {}
        self._alike: dict[tuple[NormalizedName, Builds, Hashable], Usable] = {}
        self._desks: dict[Hashable, object] = {}
        self._late: dict[tuple[NormalizedName, datetime], int] = {}
        self._interned: dict[Usable, Usable] = {}
        self._same_needs: dict[tuple[str, ...], Needs] = {}

    def shelf(self, name: NormalizedName) -> Shelf | None:
        """The shelf of a package; None when the package was not polled."""
        if name not in self._shelves:
            self._shelves[name] = self._source.shelf(name)
        return self._shelves[name]

    def shared(self, key: Hashable, make: Callable[[], T]) -> T:
        """A value that lives as long as the stock; `key` must name its type as well as what it depends on."""
        if key not in self._desks:
            self._desks[key] = make()
        return cast("T", self._desks[key])

    def usable_by(self, target: Target, builds: Builds) -> dict[NormalizedName, Usable]:
        """The memo of `usable` for one target: look there first."""
        return self._usable.setdefault((target, builds), {})

    def usable(self, shelf: Shelf, target: Target, builds: Builds) -> Usable:
        """What a target can use of a shelf, worked out by shape, not by release."""
        memo = self.usable_by(target, builds)
        known = memo.get(shelf.name)
        if known is None:
            key = (shelf.name, builds, self._source.alike(shelf.name, target))
            known = self._alike.get(key)
            if known is None:
                made = self._usable_on(shelf, target, builds)
                known = self._alike[key] = self._interned.setdefault(made, made)
            memo[shelf.name] = known
        return known

    def _usable_on(self, shelf: Shelf, target: Target, builds: Builds) -> Usable:
        accepted = yanked = 0
        obstacles: dict[str, int] = {}
        for shape, mask in shelf.shapes:
            supplied = self._source.supplied(shape, target)
            if supplied.yanked:
                yanked |= mask
            if builds.accepts(supplied.supply):
                accepted |= mask
            else:
                words = supplied.supply.words
                obstacles[words] = obstacles.get(words, 0) | mask
        return Usable(accepted, yanked, tuple(obstacles.items()))

    def uploaded_after(self, shelf: Shelf, moment: datetime) -> int:
        """The releases uploaded after a moment."""
        key = (shelf.name, moment)
        known = self._late.get(key)
        if known is None:
            known = self._late[key] = shelf.uploaded_after(moment)
        return known

    def needs(self, shelf: Shelf, choice: int) -> Needs | None:
        """What one release needs; None when its metadata is not known."""
        key = (shelf.name, choice)
        if key not in self._needs:
            texts = self._source.dependencies(shelf.name, shelf.version(choice))
            if texts is None:
                self._needs[key] = None
                return None
            listed = tuple(texts)
            needs = self._same_needs.get(listed)
            if needs is None:
                needs = self._same_needs[listed] = _sorted_needs(listed)
            self._needs[key] = needs
            for asks in (needs.plain, needs.gated, *needs.by_extra.values()):
                for ask in asks:
                    self._same[(shelf.name, ask)] = self._same.get((shelf.name, ask), 0) | choice
        return self._needs[key]

    def read_around(self, shelf: Shelf, choice: int, among: int, reach: int) -> None:
        """Read the needs of up to `reach` releases of `among` on either side of one, so that `carriers` knows them."""
        below = list(bits(among & (choice - 1) & ~1))[-reach:]
        above = among & ~((choice << 1) - 1)
        for position in below:
            self.needs(shelf, 1 << position)
        for position in bits(above):
            if reach == 0:
                break
            reach -= 1
            self.needs(shelf, 1 << position)

    def carriers(self, name: NormalizedName, ask: Ask) -> int:
        """The releases of a package that are known to state exactly this requirement."""
        return self._same[(name, ask)]
