"""Which target each release can be installed on. One rule for installers' choice, asked for many targets at once.

A set of targets is an int, bit i for target i. A wheel fits a target when one of its (interpreter, ABI) pairs and one
of its platform tags do, and both questions are answered for all targets by one look into a dict. So a tag set costs
a few ORs, once ever, however many targets there are (docs/matching.md tells the rules and the figures).
"""

import functools
from collections.abc import Iterator, Sequence

from scanner.domain.files.filenames import FileKind
from scanner.domain.files.release_profile import ReleaseProfile
from scanner.domain.matching.availability import (
    Availability,
    Offer,
    accepts_python,
    expand_tag_set,
    is_compiled,
    wheel_availability,
)
from scanner.domain.targets.target import AbiPair, TagPriority, Target, supported_pairs

LAYERS = tuple(TagPriority)
# One object each, so that thousands of rows of hundreds of offers hold pointers only.
_OFFERS = {(kind, yanked): Offer(kind, yanked) for kind in Availability for yanked in (False, True)}


def bits(mask: int) -> Iterator[int]:
    """The positions that are set, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


class Matcher:
    """Judges shapes against a fixed row of targets; bit and column i are targets[i].

    Everything learned is kept for the matcher's life: a tag set, a Requires-Python text and a shape are each looked
    at once. Safe to share between threads. The first use takes a few milliseconds, construction nothing.
    """

    def __init__(self, targets: Sequence[Target]) -> None:
        self.targets = tuple(targets)
        self._everything = (1 << len(self.targets)) - 1
        self._layers: dict[str, tuple[int, ...]] = {}
        self._masks: dict[str, int] = {}
        self._pythons: dict[str | None, int] = {None: self._everything}
        self._offers: dict[ReleaseProfile, tuple[Offer, ...]] = {}
        self._rows: dict[tuple[Offer, ...], tuple[Offer, ...]] = {}

    @functools.cached_property
    def _platforms(self) -> dict[str, int]:
        """Platform tag -> targets whose machine supports it."""
        masks: dict[str, int] = {}
        for i, target in enumerate(self.targets):
            for tag in target.platform.tags:
                masks[tag] = masks.get(tag, 0) | 1 << i
        return masks

    @functools.cached_property
    def _pairs(self) -> tuple[dict[AbiPair, int], ...]:
        """Per layer, (interpreter, ABI) -> targets whose Python loads it there."""
        masks: tuple[dict[AbiPair, int], ...] = tuple({} for _ in LAYERS)
        for i, target in enumerate(self.targets):
            pairs = supported_pairs(target.python)
            for pair, layer in (*pairs.with_platform.items(), *pairs.anywhere.items()):
                masks[layer][pair] = masks[layer].get(pair, 0) | 1 << i
        return masks

    def mask(self, tag_set: str) -> int:
        """The targets that a wheel with these tags fits, as "cp313-cp313-win_amd64" or compressed."""
        found = self._masks.get(tag_set)
        if found is None:
            found = 0
            for layer in self.layers(tag_set):
                found |= layer
            self._masks[tag_set] = found
        return found

    def layers(self, tag_set: str) -> tuple[int, ...]:
        """The same, told apart by the kind of tag that fits; a target may stand in several layers."""
        found = self._layers.get(tag_set)
        if found is None:
            found = self._layers[tag_set] = self._match(tag_set)
        return found

    def _match(self, tag_set: str) -> tuple[int, ...]:
        pairs, platforms = expand_tag_set(tag_set)
        machines = 0
        for platform in platforms:
            machines |= self._platforms.get(platform, 0)
        found = []
        for layer, masks in zip(LAYERS, self._pairs, strict=True):
            loads = 0
            for pair in pairs:
                loads |= masks.get(pair, 0)
            anywhere = self._everything if "any" in platforms else 0
            found.append(loads & (anywhere if layer is TagPriority.ANYWHERE else machines))
        return tuple(found)

    def python_mask(self, requires_python: str | None) -> int:
        """The targets whose Python this Requires-Python accepts."""
        found = self._pythons.get(requires_python)
        if found is None:
            found = 0
            for i, target in enumerate(self.targets):
                if accepts_python(requires_python, target.python.release):
                    found |= 1 << i
            self._pythons[requires_python] = found
        return found

    def offers(self, profile: ReleaseProfile) -> tuple[Offer, ...]:
        """One offer a target: what an installer there would do with the release. A release without files is absent."""
        found = self._offers.get(profile)
        if found is None:
            row = self.offers_once(profile)
            # Many shapes give the same row; one copy of each is kept.
            found = self._offers[profile] = self._rows.setdefault(row, row)
        return found

    def offers_once(self, profile: ReleaseProfile) -> tuple[Offer, ...]:
        """The same without keeping it, for callers that keep it themselves."""
        if not profile.files:
            return (_OFFERS[Availability.ABSENT, False],) * len(self.targets)
        compiled = any(is_compiled(file.tag_set) for file in profile.files)
        row = [_OFFERS[Availability.NONE, False]] * len(self.targets)
        undecided = self._everything
        for yanked in sorted({file.yanked for file in profile.files}):
            # As installers sort: any file that is not yanked before every yanked one, then wheels before sdists.
            wheels, sdists = self._fitting(profile, undecided, yanked=yanked)
            choices = [(wheel_availability(layer, compiled=compiled), wheels[layer]) for layer in LAYERS]
            for availability, fits in (*choices, (Availability.SOURCE, sdists)):
                offer = _OFFERS[availability, yanked]
                for i in bits(fits & undecided):
                    row[i] = offer
                undecided &= ~fits
        for i in bits(undecided & self._refused(profile) if undecided else 0):
            row[i] = _OFFERS[Availability.EXCLUDED, False]
        return tuple(row)

    def _fitting(self, profile: ReleaseProfile, among: int, *, yanked: bool) -> tuple[list[int], int]:
        """Targets with a fitting wheel in each layer, and targets with an acceptable sdist, among (un)yanked files."""
        wheels = [0] * len(LAYERS)
        sdists = 0
        for file in profile.files:
            if file.yanked is not yanked:
                continue
            if file.tag_set is not None:
                # Few wheels fit any of a few targets.
                if self.mask(file.tag_set) & among:
                    accepted = self.python_mask(file.requires_python)
                    for layer, fits in enumerate(self.layers(file.tag_set)):
                        wheels[layer] |= fits & accepted
            elif file.kind is FileKind.SDIST:
                sdists |= self.python_mask(file.requires_python)
        return wheels, sdists

    def _refused(self, profile: ReleaseProfile) -> int:
        """Targets where Requires-Python stands in the way: it refuses a file that fits, or every installable file."""
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
