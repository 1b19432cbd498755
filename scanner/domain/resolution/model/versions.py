"""The versions of one package in order, and the sets of them that a specifier admits.

Sets are integers as in `incompatibility`: version i is bit i + 1.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterable
from datetime import datetime
from functools import cached_property
from itertools import groupby

from packaging.specifiers import Specifier
from packaging.utils import NormalizedName
from packaging.version import Version

from scanner.domain.files.core_metadata import parse_specifier
from scanner.domain.releases.release_columns import to_microseconds
from scanner.domain.resolution.model.candidate_list import Candidate, CandidateList
from scanner.domain.resolution.model.requirement import specifiers_of
from scanner.domain.resolution.pubgrub.incompatibility import bits

__all__ = ["Candidate", "PackageVersions"]


class PackageVersions:
    """The candidates of one package in ascending order. Immutable; its sets are memoised."""

    def __init__(self, name: NormalizedName, candidates: Iterable[Candidate] | CandidateList) -> None:
        """Create them from candidates in any order, or from a list of them that makes each when it is asked for."""
        self.name = name
        if isinstance(candidates, CandidateList):
            self.candidates = candidates
        else:
            self.candidates = CandidateList.of(sorted(candidates, key=lambda candidate: candidate.version))
        self.versions = self.candidates.versions
        self.all = ((1 << len(self.versions)) - 1) << 1
        self._masks: dict[str, int] = {"": self.all}

    @cached_property
    def profiles(self) -> tuple[tuple[Candidate, int], ...]:
        """One candidate of each distinct profile, with the set of all that have it."""
        first: dict[Hashable, int] = {}
        found: dict[Hashable, int] = {}
        index = 0
        # Most releases have the profile of the release before.
        for profile, same in groupby(self.candidates.profiles):
            count = len([*same])
            first.setdefault(profile, index)
            found[profile] = found.get(profile, 0) | ((1 << count) - 1) << index + 1
            index += count
        return tuple((self.candidates[first[profile]], mask) for profile, mask in found.items())

    @cached_property
    def prereleases(self) -> int:
        """The pre-releases and development releases."""
        return sum(2 << index for index in self.candidates.prereleases)

    @cached_property
    def undated(self) -> int:
        """The candidates without an upload time on the index."""
        return sum(2 << index for index, upload in enumerate(self.candidates.uploads) if upload is None)

    def uploaded_after(self, moment: datetime) -> int:
        """Return the candidates that were uploaded after `moment`, as far as the index says."""
        limit = to_microseconds(moment)
        return sum(
            2 << index for index, upload in enumerate(self.candidates.uploads) if upload is not None and upload > limit
        )

    def choice(self, version: Version) -> int:
        """Return the set of this one version, empty if the index does not have it."""
        index = self.versions.find(version)
        return 0 if index is None else 2 << index

    def candidate(self, version: Version) -> Candidate:
        """Return the candidate of a version that the index has."""
        index = self.versions.find(version)
        if index is None:
            raise KeyError(version)
        return self.candidates[index]

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
