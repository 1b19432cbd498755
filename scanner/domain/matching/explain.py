"""The file that an installer takes of a release on a target, or the reason why it takes none.

A second, plain implementation of the matcher's rules. The matcher computes the availability of hundreds of thousands of
cells and names no files; this module explains a single cell. A property test holds both equal.
"""

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from scanner.domain.files.filenames import FileKind
from scanner.domain.matching.availability import (
    Availability,
    ReleaseFileFacts,
    accepts_python,
    expand_tag_set,
    is_compiled,
    is_valid_requires_python,
    wheel_availability,
)
from scanner.domain.matching.mismatch import nearest_mismatch
from scanner.domain.matching.reason import AvailabilityReason, MismatchKind, WheelMismatch
from scanner.domain.targets.abis import AbiPair, TagPriority, supported_pairs
from scanner.domain.targets.platforms import Platform
from scanner.domain.targets.pythons import Python
from scanner.domain.targets.target import Target


class Cell(Struct, frozen=True):
    """A release on a target, with the file that an installer takes.

    - file, tag, uploaded_at: the file and the best of its tags; None where none is taken. An sdist has no tag.
    - detail: what building the sdist needs, when it is taken ("pure", "compiled: Rust", "unseen").
    """

    availability: Availability
    yanked: bool
    file: str | None
    tag: str | None
    uploaded_at: datetime | None
    detail: str | None
    reason: AvailabilityReason


class TagMatch(Struct, frozen=True):
    """The best tag of a wheel on a target. `rank` is its position by (pair, platform) as installers order tags."""

    priority: TagPriority
    rank: tuple[int, int]
    tag: str


@functools.lru_cache(maxsize=65536)
def best_tag_match(tag_set: str, target: Target) -> TagMatch | None:
    """Return the best tag of a wheel on the target, None when no tag fits.

    The best pair and the best platform are found separately, because a compressed tag set holds all combinations.
    """
    platform = target.platform
    machine, has_any = _best_machine(tag_set, platform)
    if machine is None and not has_any:
        return None
    with_platform, anywhere = _best_pairs(tag_set, target.python)
    if machine is not None and with_platform is not None:
        priority, pair_rank, text = with_platform
        return TagMatch(priority, (pair_rank, _platform_ranks(platform)[machine]), f"{text}-{machine}")
    if has_any and anywhere is not None:
        _, pair_rank, text = anywhere
        return TagMatch(TagPriority.ANYWHERE, (pair_rank, 0), f"{text}-any")
    return None


_RankedPair = tuple[TagPriority, int, str]


@functools.lru_cache(maxsize=16384)
def _best_pairs(tag_set: str, python: Python) -> tuple[_RankedPair | None, _RankedPair | None]:
    """Return the best pair of a wheel on a Python, with a platform tag and with "any"; None where none fits."""
    pairs, _ = expand_tag_set(tag_set)
    known, ranks = supported_pairs(python), _pair_ranks(python)
    return _best(pairs, known.with_platform, ranks[0]), _best(pairs, known.anywhere, ranks[1])


def _best(
    pairs: Iterable[AbiPair], known: Mapping[AbiPair, TagPriority], ranks: Mapping[AbiPair, int]
) -> _RankedPair | None:
    pair = min((pair for pair in pairs if pair in known), key=ranks.__getitem__, default=None)
    return None if pair is None else (known[pair], ranks[pair], "-".join(pair))


@functools.lru_cache(maxsize=16384)
def _best_machine(tag_set: str, platform: Platform) -> tuple[str | None, bool]:
    """Return the best platform tag of a wheel on a platform, None where none fits, and whether it also has "any"."""
    _, platforms = expand_tag_set(tag_set)
    ranks = _platform_ranks(platform)
    return min(platforms & ranks.keys(), key=ranks.__getitem__, default=None), "any" in platforms


@functools.cache
def _pair_ranks(python: Python) -> tuple[dict[AbiPair, int], dict[AbiPair, int]]:
    """Return the positions of the pairs with a platform tag, and after all of them those with "any"."""
    known = supported_pairs(python)
    first = {pair: rank for rank, pair in enumerate(known.with_platform)}
    return first, {pair: rank for rank, pair in enumerate(known.anywhere, start=len(first))}


@functools.lru_cache(maxsize=2048)
def _platform_ranks(platform: Platform) -> dict[str, int]:
    return {tag: rank for rank, tag in enumerate(platform.tags)}


class _Choice(Struct, frozen=True):
    file: ReleaseFileFacts
    fit: TagMatch | None

    @property
    def preference(self) -> tuple[bool, bool, int, int, tuple[int, str] | tuple[()]]:
        """The sort key of pip, greater is better: not yanked, a wheel, the rank of its tag, its build tag."""
        pair, platform = self.fit.rank if self.fit else (0, 0)
        return (not self.file.yanked, self.fit is not None, -pair, -platform, self.file.build)


def _choices(files: Iterable[ReleaseFileFacts], target: Target) -> Iterator[_Choice]:
    """Yield the files that an installer could take."""
    release = target.python.release
    for file in files:
        fit = best_tag_match(file.tag_set, target) if file.tag_set is not None else None
        if (fit or file.kind is FileKind.SDIST) and accepts_python(file.requires_python, release):
            yield _Choice(file, fit)


def _best_choice(files: Iterable[ReleaseFileFacts], target: Target) -> _Choice | None:
    """Return the file that an installer takes; of equal ones the first by name, `.tar.gz` before others."""
    choices = list(_choices(files, target))
    best = max((choice.preference for choice in choices), default=None)
    equal = (choice for choice in choices if choice.preference == best)
    return min(
        equal,
        key=lambda choice: (not choice.file.filename.endswith(".tar.gz"), choice.file.filename),
        default=None,
    )


def explain_cell(files: Sequence[ReleaseFileFacts], target: Target, *, source_detail: str | None = None) -> Cell:
    """Return what an installer on the target does with a release of these files, in any order, and why.

    Agrees with `Matcher.offers`. `source_detail` is what is known about a build from the sdist.
    """
    if not files:
        return _nothing(Availability.ABSENT, None)
    choice = _best_choice(files, target)
    if choice is None:
        nearest = nearest_mismatch(files, target)
        refused = nearest.kind is MismatchKind.REQUIRES_PYTHON
        return _nothing(Availability.EXCLUDED if refused else Availability.NONE, nearest)
    if choice.fit is None:
        availability, detail = Availability.SOURCE, source_detail or "unseen"
    else:
        compiled = any(is_compiled(file.tag_set) for file in files)
        availability, detail = wheel_availability(choice.fit.priority, compiled=compiled), None
    file, tag = choice.file, choice.fit.tag if choice.fit else None
    ignored = None if is_valid_requires_python(file.requires_python) else file.requires_python
    mismatch = _mismatch_beside(availability, files, target)
    reason = AvailabilityReason(availability, tag, mismatch, file.yanked, ignored, file.yanked_reason)
    return Cell(availability, file.yanked, file.filename, tag, file.uploaded_at, detail, reason)


def _nothing(availability: Availability, mismatch: WheelMismatch | None) -> Cell:
    reason = AvailabilityReason(availability, mismatch=mismatch)
    return Cell(availability, yanked=False, file=None, tag=None, uploaded_at=None, detail=None, reason=reason)


def _mismatch_beside(
    availability: Availability, files: Sequence[ReleaseFileFacts], target: Target
) -> WheelMismatch | None:
    """Return why no compiled wheel serves, where an sdist or a pure Python wheel serves instead."""
    if availability is Availability.FALLBACK:
        return nearest_mismatch([file for file in files if is_compiled(file.tag_set)], target)
    if availability is Availability.SOURCE:
        wheels = [file for file in files if file.kind is FileKind.WHEEL]
        return nearest_mismatch(wheels, target) if wheels else WheelMismatch(MismatchKind.NO_WHEEL)
    return None
