"""A shelf: all releases of one package in order, and the sets of them that a specifier admits.

Sets are integers as in `clauses`: release i is bit i + 1.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from packaging.specifiers import Specifier
from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.files.core_metadata import parse_specifier
from scanner.domain.resolution.model.requirement import specifiers_of
from scanner.domain.resolution.pubgrub.incompatibility import bits

__all__ = ["Candidate", "PackageVersions"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One release as the resolver sees it.

    `shape` is any value that is equal for releases with the same offer on every target. `uploaded_at` is aware, or
    None when the index does not tell.
    """

    version: Version
    shape: Hashable
    uploaded_at: datetime | None = None


class PackageVersions:
    """The releases of one package, ascending; immutable once made, its sets are memoised."""

    def __init__(self, name: NormalizedName, releases: Iterable[Candidate]) -> None:
        self.name = name
        self.releases = tuple(sorted(releases, key=lambda release: release.version))
        self.versions = tuple(release.version for release in self.releases)
        self.all = ((1 << len(self.versions)) - 1) << 1
        self._masks: dict[str, int] = {"": self.all}

    @cached_property
    def _positions(self) -> dict[Version, int]:
        return {version: index for index, version in enumerate(self.versions)}

    @cached_property
    def shapes(self) -> tuple[tuple[Hashable, int], ...]:
        """Each distinct shape with the set of releases that have it: few, however many releases there are."""
        found: dict[Hashable, int] = {}
        bit = 2
        for release in self.releases:
            found[release.shape] = found.get(release.shape, 0) | bit
            bit <<= 1
        return tuple(found.items())

    @cached_property
    def prereleases(self) -> int:
        """The pre-releases and development releases."""
        return sum(2 << index for index, version in enumerate(self.versions) if version.is_prerelease)

    def uploaded_after(self, moment: datetime) -> int:
        """The releases of which the index says that they came after `moment`."""
        return sum(
            2 << index
            for index, release in enumerate(self.releases)
            if release.uploaded_at is not None and release.uploaded_at > moment
        )

    def choice(self, version: Version) -> int:
        """The set of this one version; empty when the index has no such release."""
        index = self._positions.get(version)
        return 0 if index is None else 2 << index

    def version(self, choice: int) -> Version:
        """The version of a set of one."""
        return self.versions[choice.bit_length() - 2]

    def admitted(self, specifier: str) -> int:
        """The releases that an ask's specifier admits, pre-releases included. The specifier must be readable."""
        mask = self._masks.get(specifier)
        if mask is None:
            mask = 0
            for one in specifiers_of(specifier):
                part = self.all
                for clause in parse_specifier(one):
                    part &= self._admitted_by(clause)
                mask |= part
            self._masks[specifier] = mask
        return mask

    def _admitted_by(self, clause: Specifier) -> int:
        """The releases that one clause admits.

        Versions are sorted and every operator but != and === admits one run of them, so a few comparisons find its
        ends; packaging alone decides what a clause admits.
        """
        operator, text = clause.operator, clause.version
        if operator == "===":
            return sum(2 << i for i, v in enumerate(self.versions) if clause.contains(v, prereleases=True))
        if operator == "!=":
            return self.all & ~self._admitted_by(Specifier(f"=={text}"))
        if operator in {"<", "<="}:
            return self._run(0, clause)
        if operator in {">", ">="}:
            return self.all & ~self._run(0, clause, admits=False)
        start = Version(f"{text[:-2]}.dev0") if text.endswith(".*") else Version(text)
        return self._run(bisect_left(self.versions, start), clause)

    def _run(self, start: int, clause: Specifier, *, admits: bool = True) -> int:
        """The longest run from `start` in which the clause admits every release (or none, when `admits` is False)."""
        low, high = start, len(self.versions)
        while low < high:
            middle = (low + high) // 2
            if clause.contains(self.versions[middle], prereleases=True) is admits:
                low = middle + 1
            else:
                high = middle
        return ((1 << low) - (1 << start)) << 1

    def describe(self, mask: int, *, within: int | None = None) -> str:
        """A set in words: "2.0 to 2.9", "1.0, 1.4 to 1.6"; at most three runs are named, then a count.

        Runs are counted among `within` (all releases when not given).
        """
        among = list(bits(self.all if within is None else within & self.all))
        runs: list[list[int]] = []
        last = -2
        for rank, position in enumerate(among):
            if mask >> position & 1:
                if rank == last + 1:
                    runs[-1][1] = position
                else:
                    runs.append([position, position])
                last = rank
        names = [self._name_run(first, end) for first, end in runs[:3]]
        if len(runs) > 3:
            names.append(f"{len(runs) - 3} more ranges")
        return ", ".join(names)

    def _name_run(self, first: int, end: int) -> str:
        start, stop = self.versions[first - 1], self.versions[end - 1]
        return str(start) if first == end else f"{start} to {stop}"
