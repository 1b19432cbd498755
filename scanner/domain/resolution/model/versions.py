"""The versions of one package in order, and the sets of them that a specifier admits.

Sets are integers as in `incompatibility`: version i is bit i + 1.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterable
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from packaging.specifiers import Specifier
from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.files.builds import UNSEEN
from scanner.domain.files.core_metadata import parse_specifier
from scanner.domain.files.sdist_metadata import MetadataGrade
from scanner.domain.matching.availability import Offer
from scanner.domain.resolution.model.requirement import specifiers_of
from scanner.domain.resolution.pubgrub.incompatibility import bits

__all__ = ["Candidate", "PackageVersions"]


class Candidate(NamedTuple):
    """A release that an installer could choose.

    `profile` is any value that is equal for releases with the same offers and the same build. `uploaded_at` is aware;
    None if the index does not say. `offers` has one offer per target of the source, and `build` says what building
    the sdist needs (scanner.domain.files.builds). `too_young` is set if the policy's minimum age excludes it.
    `requires_dist` and `extras`, those that it provides, are None while they are not known, and `metadata_error` then
    says why; `metadata_grade` is how far they are known, and `declared`
    which Pythons it names (scanner.domain.evidence.declared). `pk` is the stored release that the metadata comes from,
    `other_pks` are those of the same version on other indexes, whose files count too. `admitted_files` are the names
    of those that count where the project excludes others by `excluded_by`: "no-binary", "only-binary" or "hashes".
    `renewed_offers` are the offers once the project lists the hashes of its files again, where that changes them.
    """

    version: Version
    profile: Hashable
    uploaded_at: datetime | None = None
    offers: tuple[Offer, ...] = ()
    build: str = UNSEEN
    pk: int = 0
    too_young: bool = False
    requires_dist: tuple[str, ...] | None = None
    extras: tuple[str, ...] | None = None
    metadata_error: str = ""
    metadata_grade: MetadataGrade = MetadataGrade.CERTAIN
    other_pks: tuple[int, ...] = ()
    admitted_files: frozenset[str] | None = None
    excluded_by: str = ""
    renewed_offers: tuple[Offer, ...] = ()
    declared: str = ""

    @property
    def pks(self) -> tuple[int, ...]:
        """The keys of the stored releases whose files it has."""
        return (self.pk, *self.other_pks)


class PackageVersions:
    """The candidates of one package in ascending order. Immutable; its sets are memoised."""

    def __init__(self, name: NormalizedName, candidates: Iterable[Candidate]) -> None:
        self.name = name
        self.candidates = tuple(sorted(candidates, key=lambda candidate: candidate.version))
        self.versions = tuple(candidate.version for candidate in self.candidates)
        self.all = ((1 << len(self.versions)) - 1) << 1
        self._masks: dict[str, int] = {"": self.all}

    @cached_property
    def _positions(self) -> dict[Version, int]:
        return {version: index for index, version in enumerate(self.versions)}

    @cached_property
    def profiles(self) -> tuple[tuple[Candidate, int], ...]:
        """One candidate of each distinct profile, with the set of all that have it."""
        first: dict[Hashable, Candidate] = {}
        found: dict[Hashable, int] = {}
        bit = 2
        for candidate in self.candidates:
            profile = candidate.profile
            first.setdefault(profile, candidate)
            found[profile] = found.get(profile, 0) | bit
            bit <<= 1
        return tuple((first[profile], mask) for profile, mask in found.items())

    @cached_property
    def prereleases(self) -> int:
        """The pre-releases and development releases."""
        return sum(2 << index for index, version in enumerate(self.versions) if version.is_prerelease)

    @cached_property
    def undated(self) -> int:
        """The candidates without an upload time on the index."""
        return sum(2 << index for index, candidate in enumerate(self.candidates) if candidate.uploaded_at is None)

    def uploaded_after(self, moment: datetime) -> int:
        """Return the candidates that were uploaded after `moment`, as far as the index says."""
        return sum(
            2 << index
            for index, candidate in enumerate(self.candidates)
            if candidate.uploaded_at is not None and candidate.uploaded_at > moment
        )

    def choice(self, version: Version) -> int:
        """Return the set of this one version, empty if the index does not have it."""
        index = self._positions.get(version)
        return 0 if index is None else 2 << index

    def candidate(self, version: Version) -> Candidate:
        """Return the candidate of a version that the index has."""
        return self.candidates[self._positions[version]]

    def version(self, choice: int) -> Version:
        """Return the version of a set of one."""
        return self.versions[choice.bit_length() - 2]

    def admitted(self, specifier: str) -> int:
        """Return the candidates that a valid specifier admits, pre-releases included."""
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
        """Return the candidates that one clause admits.

        Versions are sorted, and every operator but "!=" and "===" admits one run of them. A bisection finds its ends;
        `packaging` decides what the clause admits.
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
        """Return the longest run from `start` in which the clause admits every version (or none)."""
        low, high = start, len(self.versions)
        while low < high:
            middle = (low + high) // 2
            if clause.contains(self.versions[middle], prereleases=True) is admits:
                low = middle + 1
            else:
                high = middle
        return ((1 << low) - (1 << start)) << 1

    def describe(self, mask: int, *, within: int | None = None) -> str:
        """Return a set as text: "2.0 to 2.9", "1.0, 1.4 to 1.6". After three runs only their number is given.

        Runs are counted among `within` (default: all versions).
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
