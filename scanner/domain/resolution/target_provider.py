"""The five verbs for one target: markers and extras of that target, its usable releases, a policy, a preference.

Nodes are packages ("sqlalchemy") and extras ("sqlalchemy[asyncio]"). An extra has no versions of its own: it is
chosen or not, follows the choice of its package, and so is always of the same version.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.resolution.explain.reasons import Asked, Unreadable
from scanner.domain.resolution.model.cache import Needs, Stock
from scanner.domain.resolution.model.candidates import PHANTOM, Desk, Question, Ration
from scanner.domain.resolution.model.policy import Policy, Preference
from scanner.domain.resolution.model.requirement import Ask
from scanner.domain.resolution.model.versions import Shelf
from scanner.domain.resolution.pubgrub.incompatibility import ABSENT, lowest
from scanner.domain.resolution.pubgrub.provider_protocol import Candidates, Dependency
from scanner.domain.targets.target import Target

__all__ = ["CHOSEN", "TargetProvider"]

CHOSEN = 2
"""The one candidate of an extra, and of a package that is not known yet."""


class TargetProvider:
    """Answers about one target. It remembers which packages and releases it had to ask for in vain (`missing_*`).

    `waived` packages may be chosen although nothing of them is usable; what is usable still comes first. `phantoms`
    are packages or versions that the index does not have: they get one opaque candidate that satisfies every ask.
    Of packages in `aside` everything counts as usable.
    """

    def __init__(
        self,
        stock: Stock,
        target: Target,
        question: Question,
        policy: Policy,
        preference: Preference | None = None,
        *,
        waived: frozenset[NormalizedName] = frozenset(),
        phantoms: frozenset[NormalizedName] = frozenset(),
        aside: frozenset[NormalizedName] = frozenset(),
    ) -> None:
        self.stock, self.target, self.question, self.policy = stock, target, question, policy
        self.preference = preference or Preference()
        self.waived, self.phantoms, self.aside = waived, phantoms, aside
        self.missing_packages: set[NormalizedName] = set()
        self.missing_releases: set[tuple[NormalizedName, Version]] = set()
        self.likely_releases: set[tuple[NormalizedName, Version]] = set()
        self._desk = Desk.of(stock, target, policy)
        self._markers = self._desk.markers
        self._rations: dict[NormalizedName, Ration | None] = {}
        self._satisfied: dict[Ask, int] = {}
        self._brought: dict[tuple[int, NormalizedName | None], tuple[tuple[Ask, Ask], ...]] = {}
        self._visits: dict[NormalizedName, int] = {}
        self._extras: dict[str, tuple[NormalizedName, NormalizedName]] = {}
        self._overrides: dict[NormalizedName, list[Ask]] = {}
        for ask in question.overrides:
            self._overrides.setdefault(ask.name, [])
            if self._markers.holds(ask, ""):
                self._overrides[ask.name].append(ask)
        self.asked = tuple(self._active(question.roots))
        self._constraints: dict[NormalizedName, list[Ask]] = {}
        for ask in self._active(question.constraints):
            self._constraints.setdefault(ask.name, []).append(ask)
        self._own: dict[NormalizedName, list[Ask]] = {name: list(asks) for name, asks in self._overrides.items()}
        for ask in (*self.asked, *self._active(question.constraints)):
            self._own.setdefault(ask.name, []).append(ask)

    def roots(self) -> Iterator[Dependency[Ask]]:
        """What the project itself asks for on this target (`asked`), as dependencies of nobody."""
        for ask in self.asked:
            yield Dependency((), ask, Asked(ask))

    def identify(self, requirement: Ask) -> Sequence[str]:
        """The package, then "package[extra]" for each extra."""
        name = requirement.name
        if not requirement.extras:
            return (name,)
        nodes: list[str] = [name]
        for extra in requirement.extras:
            node = f"{name}[{extra}]"
            self._extras[node] = (name, extra)
            nodes.append(node)
        return nodes

    def candidates(self, node: str) -> Candidates:
        """For an extra: chosen or not. For a package: what its ration rules out."""
        if node in self._extras:
            return Candidates(((~(CHOSEN | ABSENT), None),), follows=self._extras[node][0])
        ration = self.ration(NormalizedName(node))
        if ration is None:
            return Candidates(((~(CHOSEN | ABSENT), None),))
        return Candidates(ration.never)

    def satisfied(self, node: str, requirement: Ask) -> int:
        """The candidates that an ask admits: see `Ration.admitted`."""
        if node in self._extras:
            return CHOSEN
        known = self._satisfied.get(requirement)
        if known is None:
            ration = self.ration(requirement.name)
            if ration is None:
                known = CHOSEN
            elif self._desk.plain(requirement.name) is ration:
                known = self._desk.admitted(ration, requirement)
            else:
                known = ration.admitted(requirement)
            self._satisfied[requirement] = known
        return known

    def prefer(self, node: str, allowed: int) -> int:
        """The preferred candidate; of a waived package a usable one before any other."""
        ration = None if node in self._extras else self.ration(NormalizedName(node))
        if ration is None:
            return CHOSEN & allowed
        allowed &= ration.known
        if not allowed:
            return 0
        phantom = ration.urls.get(PHANTOM, 0)
        opaque = allowed & ~(ration.shelf.all | phantom)
        versions = allowed & ration.shelf.all
        if opaque or not versions:
            return lowest(opaque or allowed)
        return self.preference.pick(ration.shelf, versions & ration.usable or versions)

    def dependencies(self, node: str, choice: int, chosen: Mapping[str, int]) -> Iterable[Dependency[Ask]]:
        """What a release or one of its extras brings; all releases known to bring the same share the clause."""
        extra = None
        dependents: tuple[tuple[str, int], ...] = ()
        name = NormalizedName(node)
        if node in self._extras:
            name, extra = self._extras[node]
            choice = chosen[name]
            dependents = ((node, CHOSEN),)
        ration = self.ration(name)
        if ration is None or choice & ~ration.shelf.all:
            return
        needs = self._needs(ration, choice)
        if needs is None:
            return
        if needs.unreadable is not None and extra is None:
            yield Dependency(((name, choice),), None, Unreadable(name, needs.unreadable.text))
        for stated, ask in self.brought(needs, extra):
            carriers = self.stock.carriers(name, stated)
            yield Dependency(((name, carriers), *dependents), ask, Asked(ask, name, extra, carriers))

    def needs(self, name: NormalizedName, choice: int) -> Needs | None:
        """What one release needs; None when that is not known (and then remembered as missing) or opaque."""
        ration = self.ration(name)
        if ration is None or choice & ~ration.shelf.all:
            return None
        needs = self.stock.needs(ration.shelf, choice)
        if needs is None:
            self.missing_releases.add((name, ration.shelf.version(choice)))
            near = self.preference.next_after(ration.shelf, choice, ration.usable & ration.shelf.all)
            self.likely_releases.update((name, ration.shelf.version(1 << position)) for position in near)
        return needs

    def brought(self, needs: Needs, extra: NormalizedName | None) -> tuple[tuple[Ask, Ask], ...]:
        """(the ask as stated, the ask that counts) of a release (`extra` None) or of what one extra adds to it."""
        # Needs live as long as the stock, so their identity names them.
        key = (id(needs), extra)
        known = self._brought.get(key)
        if known is None:
            known = self._brought[key] = tuple(
                (stated, ask) for stated in self._stated(needs, extra) for ask in self._overridden(stated)
            )
        return known

    def _stated(self, needs: Needs, extra: NormalizedName | None) -> list[Ask]:
        holds = self._markers.holds
        if extra is None:
            return [*needs.plain, *(ask for ask in needs.gated if holds(ask, ""))]
        added = [ask for ask in needs.gated if holds(ask, extra) and not holds(ask, "")]
        return [*needs.by_extra.get(extra, ()), *added]

    def ration(self, name: NormalizedName) -> Ration | None:
        """What may be chosen of a package; None when it was not polled (then remembered as missing)."""
        if name not in self._rations:
            shelf = self.stock.shelf(name)
            if shelf is None:
                self.missing_packages.add(name)
            self._rations[name] = None if shelf is None else self._make_ration(shelf)
        return self._rations[name]

    def _make_ration(self, shelf: Shelf) -> Ration | None:
        name = shelf.name
        waived, phantom = name in self.waived, name in self.phantoms
        plain = name not in self._own and name not in self.question.pinned and name not in self.aside
        if plain and not waived and not phantom:
            return self._desk.plain(name)
        return self._desk.ration(
            shelf,
            tuple(self._own.get(name, ())),
            constraints=tuple(self._constraints.get(name, ())),
            pinned=self.question.pinned.get(name),
            waived=waived,
            phantom=phantom,
            aside=name in self.aside,
        )

    def shelf(self, node: str) -> Shelf | None:
        """The shelf that a node chooses from; None for an extra and for a package that was not polled."""
        ration = None if node in self._extras else self._rations.get(NormalizedName(node))
        return None if ration is None else ration.shelf

    def _needs(self, ration: Ration, choice: int) -> Needs | None:
        # A package that is decided again and again is in a hard spot: read more of it each time, so that one clause
        # speaks for many releases.
        name = ration.shelf.name
        visits = self._visits.get(name, 0)
        if visits:
            self.stock.read_around(ration.shelf, choice, ration.usable & ration.shelf.all, 4**visits)
        self._visits[name] = min(visits + 1, 6)
        return self.needs(name, choice)

    def _active(self, asks: Iterable[Ask]) -> Iterator[Ask]:
        for ask in asks:
            if self._markers.holds(ask, ""):
                yield from self._overridden(ask)

    def _overridden(self, ask: Ask) -> Sequence[Ask]:
        return self._overrides.get(ask.name, (ask,))
