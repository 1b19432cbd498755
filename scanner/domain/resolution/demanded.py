"""Plans of which more is demanded than that their releases install: a search past those that are known to lack it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from msgspec.structs import replace
from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.resolution.explain.reasons import Obstacle
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.candidate_set import Lacking
from scanner.domain.resolution.model.missing import Missing, Search
from scanner.domain.resolution.model.plans import Plan
from scanner.domain.resolution.model.policy import BuildPolicy, admits_prereleases
from scanner.domain.resolution.model.versions import PackageVersions
from scanner.domain.resolution.plan import plan_search
from scanner.domain.resolution.pubgrub.incompatibility import bits, highest
from scanner.domain.resolution.upgrade import Upgrade
from scanner.domain.targets.target import Target

__all__ = ["Demand", "demanded_plan_search"]

# How many releases are read together, on the way up and each time that a package is met again.
_BLOCKS = (4, 16, 64)

Meets = Callable[[NormalizedName, Version], bool | None]


class Demand:
    """What is demanded of releases on one target, and those that are known to lack it.

    `meets` answers for a release whose metadata was read, None if that does not say. Which releases are read depends
    on those that plans meet, never on what happens to be stored. `exempt` packages need not meet it.
    """

    def __init__(
        self,
        cache: ResolutionCache,
        target: Target,
        policy: BuildPolicy,
        obstacle: Obstacle,
        meets: Meets,
        exempt: Collection[NormalizedName] = (),
    ) -> None:
        self.target, self._exempt = target, frozenset(exempt)
        self._cache, self._policy, self._obstacle, self._meets = cache, policy, obstacle, meets
        self._lacking: dict[NormalizedName, int] = {}
        self._meeting: dict[NormalizedName, int] = {}
        self._looks: dict[NormalizedName, int] = {}

    @property
    def lacking(self) -> Lacking:
        """The releases that no plan may choose."""
        return {name: (self._obstacle, mask) for name, mask in self._lacking.items() if name not in self._exempt}

    def but_for(self, exempt: Collection[NormalizedName]) -> Demand:
        """Return the same demand, and what was found out, with these packages exempt."""
        made = Demand(self._cache, self.target, self._policy, self._obstacle, self._meets, exempt)
        made._lacking, made._meeting, made._looks = dict(self._lacking), dict(self._meeting), dict(self._looks)
        return made

    def later(self, name: NormalizedName, version: Version) -> list[Version]:
        """Return the releases above one that install and were seen to meet the demand, ascending."""
        package = self._cache.package(name)
        if package is None:
            return []
        above = ~((package.choice(version) << 1) - 1)
        return [package.versions[position - 1] for position in bits(self._meeting.get(name, 0) & above)]

    def look(self, name: NormalizedName, version: Version, kept: Version | None = None) -> Search[bool]:
        """Find out whether a release lacks what is demanded, and if so which releases about it do. Return whether.

        If the newest release that installs lacks it too, all do but `kept`, the version in use: nothing between them is
        read. Else the releases above are read up to the first that meets it. Of a package that is met again, the
        releases below are read too.
        """
        package = self._cache.package(name)
        choice = 0 if package is None else package.choice(version)
        if package is None or not choice or name in self._exempt or choice & self._lacking.get(name, 0):
            return False
        held = 0 if kept is None else package.choice(kept)
        usable = self._usable(package)
        newest = highest(usable) if usable else 0
        yield from self._read(package, choice | held)
        if not self._is_lacking(package, choice):
            return False
        yield from self._read_all(package, newest)
        if not newest or self._is_lacking(package, newest):
            self._lacking[name] = package.all & ~(0 if self._is_lacking(package, held) else held)
            return True
        looks = self._looks[name] = self._looks.get(name, -1) + 1
        below = list(bits(usable & (choice - 1)))[-_BLOCKS[min(looks, len(_BLOCKS)) - 1] :] if looks else []
        yield from self._read_all(package, sum(1 << position for position in below) | choice)
        for block in _blocks(list(bits(usable & ~((choice << 1) - 1)))):
            if (yield from self._read_all(package, block)):
                break
        return True

    def _usable(self, package: PackageVersions) -> int:
        """Return the releases that install and that no requirement need mention."""
        found = self._cache.installable(package, self.target, self._policy)
        usable = found.installable & ~found.yanked
        if self._policy.now is not None:
            usable &= ~self._cache.uploaded_after(package, self._policy.now - self._policy.minimum_age)
        finals = usable & ~package.prereleases
        return usable if admits_prereleases(requested=self._policy.prereleases, finals=bool(finals)) else finals

    def _is_lacking(self, package: PackageVersions, choice: int) -> bool:
        return bool(choice) and self._meets(package.name, package.version(choice)) is False

    def _read_all(self, package: PackageVersions, mask: int) -> Search[bool]:
        """Read these releases, note what each is, and return whether one of them meets the demand."""
        yield from self._read(package, mask)
        name, is_met = package.name, False
        for position in bits(mask):
            answer = self._meets(name, package.versions[position - 1])
            if answer is False:
                self._lacking[name] = self._lacking.get(name, 0) | 1 << position
            elif answer:
                self._meeting[name] = self._meeting.get(name, 0) | 1 << position
                is_met = True
        return is_met

    def _read(self, package: PackageVersions, mask: int) -> Search[None]:
        """Wait until the metadata of these releases is known or given up."""
        while True:
            unread = ((package.name, package.version(one)) for one in self._cache.unread(package, mask))
            missing = self._cache.without_given_up(Missing((), tuple(unread)))
            if not missing:
                return
            yield missing


def _blocks(positions: Sequence[int]) -> Iterator[int]:
    """Yield these positions in order, as sets of a few, then of more."""
    start = number = 0
    while start < len(positions):
        size = _BLOCKS[min(number, len(_BLOCKS) - 1)]
        yield sum(1 << position for position in positions[start : start + size])
        start, number = start + size, number + 1


def demanded_plan_search(upgrade: Upgrade, demands: Sequence[Demand]) -> Search[Plan]:
    """Search as `plan_search` does, until the plan has no release that is known to lack what is demanded of it.

    Each plan that has one is searched again without the releases that lack it. Without demands it is `plan_search`.
    """
    while True:
        lacking: Mapping[Target, Lacking] = {demand.target: demand.lacking for demand in demands}
        plan = yield from plan_search(replace(upgrade, lacking=lacking) if demands else upgrade)
        found = False
        for demand, resolution in zip(demands, plan.resolutions, strict=False):
            for name, version in resolution.pins.items():
                found |= yield from demand.look(name, version, upgrade.current.get(name))
        if not found or plan.limit is not None:
            return plan
