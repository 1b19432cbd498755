"""What one target may choose of each package under a policy, before and after a project's own words about it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.resolution.explain.reasons import Constrained, NotOnIndex, Reason, Unavailable
from scanner.domain.resolution.model.cache import Stock, Usable
from scanner.domain.resolution.model.markers import MarkerMemo
from scanner.domain.resolution.model.policy import Policy
from scanner.domain.resolution.model.requirement import Ask
from scanner.domain.resolution.model.versions import Shelf
from scanner.domain.resolution.pubgrub.incompatibility import ABSENT
from scanner.domain.targets.target import Target

__all__ = ["PHANTOM", "Desk", "Question", "Ration"]

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


@dataclass(frozen=True, slots=True)
class Ration:
    """What one target may choose of one package: sets over its shelf.

    `known` is all that exists, `usable` what may be chosen, `never` what may not, with reasons; `opened` are releases
    that the project pins, exempt from yanks and age. `urls` are opaque candidates above the shelf.
    """

    shelf: Shelf
    known: int
    usable: int
    never: tuple[tuple[int, Reason | None], ...]
    yanked: int
    opened: int
    pre_open: bool
    urls: Mapping[str, int]

    def admitted(self, ask: Ask) -> int:
        """The candidates that satisfy an ask, usable or not.

        No pre-release that neither it nor the project mentions, unless nothing else satisfies it; nothing yanked that
        neither it nor the project pins. A direct URL satisfies every ask for the name but another URL's.
        """
        if ask.url is not None:
            return self.urls.get(ask.url, 0)
        admitted = self.shelf.admitted(ask.specifier) & self.known
        if self.yanked and not ask.exact:
            admitted &= ~self.yanked | self.opened
        if not (ask.pre or self.pre_open):
            admitted = admitted & ~self.shelf.prereleases or admitted
        return admitted | sum(self.urls.values()) if self.urls else admitted


class Desk:
    """Rations and markers of one target and policy, shared by every question put to it."""

    def __init__(self, stock: Stock, target: Target, policy: Policy) -> None:
        self.stock, self.target, self.policy = stock, target, policy
        self.markers = MarkerMemo(target)
        self._plain: dict[NormalizedName, Ration | None] = {}
        self._admitted: dict[Ask, int] = {}
        self._usable = stock.usable_by(target, policy.builds)
        self._own: dict[Hashable, Ration] = {}
        self._shared: dict[Hashable, Ration] = stock.shared((Ration, policy), dict)

    @classmethod
    def of(cls, stock: Stock, target: Target, policy: Policy) -> Desk:
        """The one desk of a stock for this target and policy."""
        return stock.shared((cls, target, policy), lambda: cls(stock, target, policy))

    def plain(self, name: NormalizedName) -> Ration | None:
        """The ration of a package that the project says nothing about; None when it was not polled."""
        if name not in self._plain:
            shelf = self.stock.shelf(name)
            self._plain[name] = None if shelf is None else self.ration(shelf, ())
        return self._plain[name]

    def usable(self, shelf: Shelf) -> Usable:
        """What the target can use of a shelf."""
        known = self._usable.get(shelf.name)
        return self.stock.usable(shelf, self.target, self.policy.builds) if known is None else known

    def admitted(self, ration: Ration, ask: Ask) -> int:
        """What an ask admits of the plain ration of its package."""
        known = self._admitted.get(ask)
        if known is None:
            known = self._admitted[ask] = ration.admitted(ask)
        return known

    def ration(
        self,
        shelf: Shelf,
        own: tuple[Ask, ...],
        *,
        constraints: tuple[Ask, ...] = (),
        pinned: Version | None = None,
        waived: bool = False,
        phantom: bool = False,
        aside: bool = False,
    ) -> Ration:
        """A ration with the project's own asks for the package, its constraints and its waivers; made once of each."""
        key = (shelf.name, own, constraints, pinned, waived, phantom, aside)
        made = self._own.get(key)
        if made is None:
            # Interned sets live as long as the stock: their identity tells targets apart that differ here.
            among = (*key, id(self.usable(shelf)))
            made = self._shared.get(among)
            if made is None:
                made = self._make(shelf, own, constraints, pinned, waived, phantom, aside)
                if not any(isinstance(reason, Unavailable) for _, reason in made.never):
                    # Nothing in it names the target.
                    self._shared[among] = made
            self._own[key] = made
        return made

    def _make(
        self,
        shelf: Shelf,
        own: tuple[Ask, ...],
        constraints: tuple[Ask, ...],
        pinned: Version | None,
        waived: bool,
        phantom: bool,
        aside: bool,
    ) -> Ration:
        known, young = shelf.all, 0
        opened = 0 if pinned is None else shelf.choice(pinned)
        pre_open = self.policy.pre
        urls: dict[str, int] = {}
        for ask in own:
            pre_open = pre_open or ask.pre
            if ask.exact:
                opened |= shelf.admitted(ask.specifier)
            if ask.url is not None:
                urls[ask.url] = 0
        if phantom:
            urls[PHANTOM] = 0
        for index, url in enumerate(urls):
            urls[url] = 2 << len(shelf.versions) + index
        now, age = self.policy.now, self.policy.minimum_age
        if now is not None:
            known &= ~self.stock.uploaded_after(shelf, now)
            young = self.stock.uploaded_after(shelf, now - age) & known & ~opened if age else 0
        opaque = sum(urls.values())
        usable = self.usable(shelf)
        free = known if aside else known & usable.accepted & ~young
        whole = known | opaque
        never = [self._barred(shelf, known & ~free, whole, young, waived=waived)]
        choosable = free | opaque & ~urls.get(PHANTOM, 0)
        made = Ration(shelf, whole, choosable, tuple(never), usable.yanked, opened, pre_open, urls)
        limits = [*self._limits(made, constraints)]
        if not limits:
            return made
        return Ration(shelf, whole, choosable, (*never, *limits), usable.yanked, opened, pre_open, urls)

    def _barred(self, shelf: Shelf, barred: int, whole: int, young: int, *, waived: bool) -> tuple[int, Reason | None]:
        """What is no candidate at all, with the reason where there is one to tell."""
        beyond = ~(whole | ABSENT)
        if not whole:
            return beyond, NotOnIndex(shelf.name)
        if not barred or waived:
            return beyond, None
        usable = self.usable(shelf)
        listed = [(words, mask & barred) for words, mask in usable.obstacles if mask & barred]
        if young & barred:
            listed.append(("is younger than the policy allows", young & barred))
        return barred | beyond, Unavailable(shelf.name, barred, tuple(listed), self.target.slug)

    @staticmethod
    def _limits(ration: Ration, constraints: Iterable[Ask]) -> Iterator[tuple[int, Reason | None]]:
        for ask in constraints:
            outside = ration.known & ~ration.admitted(ask)
            if outside:
                yield outside, Constrained(ask)
