"""The targets on which each release can be installed, computed for many targets at once.

A set of targets is an int with bit i for target i. A wheel fits a target when one of its (interpreter, ABI) pairs and
one of its platform tags do; a dict gives the targets of each pair and of each platform tag. So a tag set costs a few
bit operations, once, for any number of targets (docs/matching.md).
"""

import functools
from collections.abc import Iterator, Sequence

from scanner.domain.files.filenames import FileKind
from scanner.domain.files.release_profile import ProfileGroup, ReleaseProfile, profile_groups, profile_of_groups
from scanner.domain.matching.availability import (
    Availability,
    Offer,
    accepts_python,
    expand_tag_set,
    is_compiled,
    wheel_availability,
)
from scanner.domain.targets.abis import AbiPair, TagPriority, supported_pairs
from scanner.domain.targets.target import Target

PRIORITIES = tuple(TagPriority)
YANKED = 0x80
"""In the byte of an offer: only yanked files serve. The other bits are the position of the availability in the enum."""
CODES = {
    Offer(availability, yanked): position | (YANKED if yanked else 0)
    for position, availability in enumerate(Availability)
    for yanked in (False, True)
}
# One object for each value, so that thousands of rows of hundreds of offers hold pointers only.
OFFERS = {code: offer for offer, code in CODES.items()}
_CODES = {(offer.availability, offer.yanked): code for offer, code in CODES.items()}
# The tag set of a wheel for a platform that no target has.
_UNFIT = "cp-none-nowhere"
_NOWHERE = (0,) * len(PRIORITIES)
_DIGITS = bytes.maketrans(b"01", b"\0\1")


@functools.lru_cache(maxsize=8)
def shared_matcher(targets: tuple["Target", ...]) -> "Matcher":
    """Return the matcher of this process over these targets, so that each tag set is matched once in its life."""
    return Matcher(targets)


class Matcher:
    """The availability of releases on a fixed sequence of targets; bit and column i belong to targets[i].

    Results are cached for the life of the matcher: each tag set, Requires-Python and profile is computed once. Safe to
    share between threads. The first use takes a few milliseconds, construction none.
    """

    def __init__(self, targets: Sequence[Target]) -> None:
        self.targets = tuple(targets)
        self._everything = (1 << len(self.targets)) - 1
        self._by_priority: dict[str, tuple[int, ...]] = {}
        self._masks: dict[str, int] = {}
        self._pythons: dict[str | None, int] = {None: self._everything}
        self._offers: dict[ReleaseProfile, tuple[Offer, ...]] = {}
        self._rows: dict[tuple[Offer, ...], tuple[Offer, ...]] = {}
        self._named: dict[str, bool] = {}
        self._by_groups: dict[tuple[ProfileGroup, ...], tuple[Offer, ...]] = {}
        self._seen: set[str] = set()
        self._unfit: set[str] = set()

    @functools.cached_property
    def _platforms(self) -> dict[str, int]:
        """The targets that support each platform tag."""
        masks: dict[str, int] = {}
        for i, target in enumerate(self.targets):
            for tag in target.platform.tags:
                masks[tag] = masks.get(tag, 0) | 1 << i
        return masks

    @functools.cached_property
    def _pairs(self) -> tuple[dict[AbiPair, int], ...]:
        """The targets whose Python loads each (interpreter, ABI) pair, by the priority of the tag."""
        masks: tuple[dict[AbiPair, int], ...] = tuple({} for _ in PRIORITIES)
        for i, target in enumerate(self.targets):
            pairs = supported_pairs(target.python)
            for pair, priority in (*pairs.with_platform.items(), *pairs.anywhere.items()):
                masks[priority][pair] = masks[priority].get(pair, 0) | 1 << i
        return masks

    def mask(self, tag_set: str) -> int:
        """Return the targets that a wheel with this tag set fits."""
        found = self._masks.get(tag_set)
        if found is None:
            found = 0
            for mask in self.masks_by_priority(tag_set):
                found |= mask
            self._masks[tag_set] = found
        return found

    def masks_by_priority(self, tag_set: str) -> tuple[int, ...]:
        """Return the targets that fit, by the priority of the tag; a target may have tags of several."""
        found = self._by_priority.get(tag_set)
        if found is None:
            found = self._by_priority[tag_set] = self._match(tag_set)
        return found

    def _match(self, tag_set: str) -> tuple[int, ...]:
        if not self._names_platform(tag_set.rpartition("-")[2]):
            return _NOWHERE
        pairs, platforms = expand_tag_set(tag_set)
        machines = 0
        for platform in platforms:
            machines |= self._platforms.get(platform, 0)
        found = []
        for priority, masks in zip(PRIORITIES, self._pairs, strict=True):
            loads = 0
            for pair in pairs:
                loads |= masks.get(pair, 0)
            anywhere = self._everything if "any" in platforms else 0
            found.append(loads & (anywhere if priority is TagPriority.ANYWHERE else machines))
        return tuple(found)

    def _names_platform(self, platforms: str) -> bool:
        """Return whether the last part of a tag set names a platform that any target supports, or all platforms."""
        found = self._named.get(platforms)
        if found is None:
            known = self._platforms
            found = any(platform in known or platform == "any" for platform in platforms.split("."))
            self._named[platforms] = found
        return found

    def python_mask(self, requires_python: str | None) -> int:
        """Return the targets whose Python this Requires-Python accepts."""
        found = self._pythons.get(requires_python)
        if found is None:
            found = 0
            for i, target in enumerate(self.targets):
                if accepts_python(requires_python, target.python.release):
                    found |= 1 << i
            self._pythons[requires_python] = found
        return found

    def offers(self, profile: ReleaseProfile) -> tuple[Offer, ...]:
        """Return the offer for each target. A release without files is absent."""
        found = self._offers.get(profile)
        if found is None:
            row = self.offers_once(profile)
            # Many profiles have equal rows; one copy is kept.
            found = self._offers[profile] = self._rows.setdefault(row, row)
        return found

    def offers_once(self, profile: ReleaseProfile) -> tuple[Offer, ...]:
        """Return the offers without caching them, for callers that cache them."""
        return tuple(map(OFFERS.__getitem__, self.packed_offers(profile)))

    def offers_of_text(self, text: str) -> tuple[Offer, ...]:
        """Return the offers of the profile with this text (`ReleaseProfile.text`).

        With few targets, most wheels fit none. One of each group stands for all of these, so that most profiles of a
        package are matched once.
        """
        groups = tuple((python, yanked, self._fitting_names(names)) for python, yanked, names in profile_groups(text))
        found = self._by_groups.get(groups)
        if found is None:
            found = self._by_groups[groups] = self.offers_once(profile_of_groups(groups))
        return found

    def _fitting_names(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the names of a group of a profile, with one for all wheels of a platform that fit no target."""
        if not self._seen.issuperset(names):
            fresh = set(names) - self._seen
            self._unfit.update(name for name in fresh if name[0] != "=" and is_compiled(name) and not self.mask(name))
            self._seen |= fresh
        fitting = tuple(name for name in names if name not in self._unfit)
        return fitting if len(fitting) == len(names) else (*fitting, _UNFIT)

    def packed_offers(self, profile: ReleaseProfile) -> bytes:
        """Return the same offers, each as the byte that `CODES` has for it."""
        count = len(self.targets)
        row = sum(_CODES[kind] * _expanded(mask, count) for kind, mask in self._masks_of(profile))
        return row.to_bytes(count, "little")

    def _masks_of(self, profile: ReleaseProfile) -> Iterator[tuple[tuple[Availability, bool], int]]:
        """Yield each kind of offer with the targets that have it; each target is in one of them."""
        undecided = self._everything
        if not profile.files:
            yield (Availability.ABSENT, False), undecided
            return
        compiled = any(is_compiled(file.tag_set) for file in profile.files)
        for yanked in sorted({file.yanked for file in profile.files}):
            # The order of installers: files that are not yanked before yanked ones, then wheels before sdists.
            wheels, sdists = self._fitting(profile, undecided, yanked=yanked)
            choices = [(wheel_availability(priority, compiled=compiled), wheels[priority]) for priority in PRIORITIES]
            for availability, fits in (*choices, (Availability.SOURCE, sdists)):
                yield (availability, yanked), fits & undecided
                undecided &= ~fits
        refused = undecided & self._refused(profile) if undecided else 0
        yield (Availability.EXCLUDED, False), refused
        yield (Availability.NONE, False), undecided & ~refused

    def _fitting(self, profile: ReleaseProfile, among: int, *, yanked: bool) -> tuple[list[int], int]:
        """Return the targets that wheels fit, by tag priority, and those that sdists fit; of (un)yanked files only."""
        wheels = [0] * len(PRIORITIES)
        sdists = 0
        known = self._masks
        for file in profile.files:
            if file.yanked is not yanked:
                continue
            if file.tag_set is not None:
                # With few targets, most wheels fit none of them.
                fits_any = known.get(file.tag_set)
                if (self.mask(file.tag_set) if fits_any is None else fits_any) & among:
                    accepted = self.python_mask(file.requires_python)
                    for priority, fits in enumerate(self.masks_by_priority(file.tag_set)):
                        wheels[priority] |= fits & accepted
            elif file.kind is FileKind.SDIST:
                sdists |= self.python_mask(file.requires_python)
        return wheels, sdists

    def _refused(self, profile: ReleaseProfile) -> int:
        """Return the targets where Requires-Python refuses a file that fits, or every installable file."""
        fitting_but_refused = 0
        accepted_by_any = 0
        for file in profile.files:
            if file.tag_set is None and file.kind is not FileKind.SDIST:
                continue
            accepted = self.python_mask(file.requires_python)
            accepted_by_any |= accepted
            fits = self._everything if file.tag_set is None else self.mask(file.tag_set)
            fitting_but_refused |= fits & ~accepted
        installable = any(file.tag_set is not None or file.kind is FileKind.SDIST for file in profile.files)
        return fitting_but_refused | (self._everything & ~accepted_by_any if installable else 0)


def _expanded(mask: int, count: int) -> int:
    """Return a number with a byte for each bit of a mask: 0 or 1."""
    return int.from_bytes(f"{mask:0{count}b}".encode().translate(_DIGITS), "big") if mask else 0
