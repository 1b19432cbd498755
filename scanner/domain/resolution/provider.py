"""The five verbs for one target: markers and extras of that target, its usable releases, a policy, a preference.

Nodes are packages ("sqlalchemy") and extras ("sqlalchemy[asyncio]"). An extra has no versions of its own: it is
chosen or not, follows the choice of its package, and so is always of the same version.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.targets import Target

from .asks import Ask
from .clauses import ABSENT, lowest
from .markers import MarkerMemo
from .policy import Policy, Preference
from .reasons import Asked, Constrained, NotOnIndex, Reason, Unavailable, Unreadable
from .shelves import Shelf
from .stock import Needs, Stock
from .verbs import Candidates, Dependency

__all__ = ["Question", "Ration", "TargetProvider"]

CHOSEN = 2
"""The one candidate of an extra, and of a package that is not known yet."""
PHANTOM = ""
"""Stands among a ration's URLs for the candidate of a phantom."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a project asks for. Constraints limit without asking; an override replaces every ask for its package.

    `pinned` names versions that the project runs by its own pin although the asks here are looser: they may stay
    even when they are yanked or younger than the policy allows.
    """

    roots: tuple[Ask, ...]
    constraints: tuple[Ask, ...] = ()
    overrides: tuple[Ask, ...] = ()
    pinned: Mapping[NormalizedName, Version] = field(default_factory=dict, hash=False)

    @property
    def direct(self) -> frozenset[NormalizedName]:
        """The packages named by the project itself."""
        return frozenset(ask.name for ask in self.roots)


@dataclass(slots=True)
class Ration:
    """What one target may choose of one package: sets over its shelf. `urls` are opaque candidates above the shelf."""

    shelf: Shelf
    known: int
    usable: int
    never: list[tuple[int, Reason | None]]
    yanked: int
    opened: int
    pre_open: bool
    urls: dict[str, int] = field(default_factory=dict)
    visits: int = 0


class TargetProvider:
    """Answers about one target. It remembers which packages and releases it had to ask for in vain (`missing_*`).

    `waived` packages may be chosen although nothing of them is usable; what is usable still comes first. `phantoms`
    are packages or versions that the index does not have: they get one opaque candidate that satisfies every ask.
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
    ) -> None:
        self.stock, self.target, self.question, self.policy = stock, target, question, policy
        self.preference = preference or Preference()
        self.waived, self.phantoms = waived, phantoms
        self.missing_packages: set[NormalizedName] = set()
        self.missing_releases: set[tuple[NormalizedName, Version]] = set()
        self.likely_releases: set[tuple[NormalizedName, Version]] = set()
        self._markers = MarkerMemo(target)
        self._rations: dict[NormalizedName, Ration | None] = {}
        self._satisfied: dict[Ask, int] = {}
        self._extras: dict[str, tuple[NormalizedName, NormalizedName]] = {}
        self._own: dict[NormalizedName, list[Ask]] = {}
        self._overrides: dict[NormalizedName, list[Ask]] = {}
        for ask in question.overrides:
            self._overrides.setdefault(ask.name, [])
            if self._markers.holds(ask, ""):
                self._overrides[ask.name].append(ask)
        for ask in self._active((*question.roots, *question.constraints), ""):
            self._own.setdefault(ask.name, []).append(ask)

    def roots(self) -> Iterator[Dependency[Ask]]:
        """What the project itself asks for on this target."""
        for ask in self._active(self.question.roots, ""):
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
        """The releases an ask admits: no pre-release that it does not mention, nothing yanked that it does not pin."""
        if node in self._extras:
            return CHOSEN
        known = self._satisfied.get(requirement)
        if known is None:
            known = self._satisfied[requirement] = self._admitted(requirement)
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

    def brought(self, needs: Needs, extra: NormalizedName | None) -> Iterator[tuple[Ask, Ask]]:
        """(the ask as stated, the ask that counts) of a release (`extra` None) or of what one extra adds to it."""
        holds = self._markers.holds
        stated: list[Ask] = []
        if extra is None:
            stated += needs.plain
            stated += [ask for ask in needs.gated if holds(ask, "")]
        else:
            stated += needs.by_extra.get(extra, ())
            stated += [ask for ask in needs.gated if holds(ask, extra) and not holds(ask, "")]
        if not self._overrides:
            yield from ((ask, ask) for ask in stated)
            return
        for ask in stated:
            yield from ((ask, other) for other in self._overridden(ask))

    def ration(self, name: NormalizedName) -> Ration | None:
        """What may be chosen of a package; None when it was not polled (then remembered as missing)."""
        if name not in self._rations:
            shelf = self.stock.shelf(name)
            if shelf is None:
                self.missing_packages.add(name)
            self._rations[name] = None if shelf is None else self._make_ration(shelf)
        return self._rations[name]

    def shelf(self, node: str) -> Shelf | None:
        """The shelf that a node chooses from; None for an extra and for a package that was not polled."""
        ration = None if node in self._extras else self._rations.get(NormalizedName(node))
        return None if ration is None else ration.shelf

    def _needs(self, ration: Ration, choice: int) -> Needs | None:
        # A package that is decided again and again is in a hard spot: read more of it each time, so that one clause
        # speaks for many releases.
        if ration.visits:
            self.stock.read_around(ration.shelf, choice, ration.usable & ration.shelf.all, 4**ration.visits)
        ration.visits = min(ration.visits + 1, 6)
        return self.needs(ration.shelf.name, choice)

    def _active(self, asks: Iterable[Ask], extra: str) -> Iterator[Ask]:
        for ask in asks:
            if self._markers.holds(ask, extra):
                yield from self._overridden(ask)

    def _overridden(self, ask: Ask) -> Sequence[Ask]:
        return self._overrides.get(ask.name, (ask,))

    def _make_ration(self, shelf: Shelf) -> Ration:
        own = (*self._own.get(shelf.name, ()), *self._overrides.get(shelf.name, ()))
        known, young = shelf.all, 0
        pinned = self.question.pinned.get(shelf.name)
        opened = 0 if pinned is None else shelf.choice(pinned)
        for ask in own:
            if ask.exact:
                opened |= shelf.admitted(ask.specifier)
        now, age = self.policy.now, self.policy.minimum_age
        if now is not None:
            known &= ~self.stock.uploaded_after(shelf, now)
            young = self.stock.uploaded_after(shelf, now - age) & known & ~opened if age else 0
        urls = {ask.url: 0 for ask in own if ask.url is not None}
        if shelf.name in self.phantoms:
            urls[PHANTOM] = 0
        for index, url in enumerate(urls):
            urls[url] = 2 << len(shelf.versions) + index
        opaque = sum(urls.values())
        usable = self.stock.usable(shelf, self.target, self.policy.builds)
        free = known & usable.accepted & ~young
        pre_open = self.policy.pre or any(ask.pre for ask in own)
        ration = Ration(
            shelf, known | opaque, free | opaque & ~urls.get(PHANTOM, 0), [], usable.yanked, opened, pre_open, urls
        )
        ration.never = [*self._barred(ration, known & ~free, usable.obstacles, young), *self._constrained(ration)]
        return ration

    def _barred(
        self, ration: Ration, barred: int, obstacles: tuple[tuple[str, int], ...], young: int
    ) -> Iterator[tuple[int, Reason | None]]:
        """What is no candidate at all, with the reason where there is one to tell."""
        name = ration.shelf.name
        beyond = ~(ration.known | ABSENT)
        if not ration.known:
            yield beyond, NotOnIndex(name)
        elif barred and name not in self.waived:
            listed = [(words, mask & barred) for words, mask in obstacles if mask & barred]
            if young & barred:
                listed.append(("is younger than the policy allows", young & barred))
            yield barred | beyond, Unavailable(name, barred, tuple(listed), self.target.slug)
        else:
            yield beyond, None

    def _constrained(self, ration: Ration) -> Iterator[tuple[int, Reason | None]]:
        for ask in self._active(self.question.constraints, ""):
            if ask.name == ration.shelf.name:
                outside = ration.known & ~self._admitted_from(ration, ask)
                if outside:
                    yield outside, Constrained(ask)

    def _admitted(self, ask: Ask) -> int:
        ration = self.ration(ask.name)
        return CHOSEN if ration is None else self._admitted_from(ration, ask)

    def _admitted_from(self, ration: Ration, ask: Ask) -> int:
        if ask.url is not None:
            return ration.urls.get(ask.url, 0)
        admitted = ration.shelf.admitted(ask.specifier) & ration.known
        if not ask.exact:
            admitted &= ~ration.yanked | ration.opened
        if not (ask.pre or ration.pre_open):
            admitted = admitted & ~ration.shelf.prereleases or admitted
        return admitted | sum(ration.urls.values())
