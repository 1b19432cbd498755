"""What is known of a package beyond that it installs: what its maintainers declare of the target's Python."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Self

from msgspec import Struct
from packaging.version import Version

from projects.domain.assessment.index_snapshot import PackageSnapshot
from scanner.domain.evidence.declared import Declaration, read_declared
from scanner.domain.resolution.model.versions import Candidate
from scanner.domain.targets.pythons import Python


class DemandedEvidence(StrEnum):
    """What must be known of a release before it counts as ready: that it installs, declares the Python, or ran."""

    INSTALLS = "installs"
    DECLARED = "declared"
    RAN = "ran"


class RunEvidence(Struct, frozen=True):
    """What a release declares of a Python.

    `newest_declared` is the newest Python that it names ("3.12"), empty if it names none. `declared_from` is the first
    later release that declares the target's Python, as far as the releases around it were read; empty otherwise.
    `free_threading` is the level of its free-threading classifier, 1 to 4; None without one.
    """

    declaration: Declaration = Declaration.NOT_READ
    newest_declared: str = ""
    declared_from: str = ""
    free_threading: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values, under the keys of a package's row."""
        return {
            "declared": self.declaration.value,
            "declared_newest": self.newest_declared or None,
            "declared_from": self.declared_from or None,
            "free_threading": self.free_threading,
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote, or the row of a version that kept no evidence."""
        return cls(
            Declaration(row.get("declared") or Declaration.NOT_READ),
            row.get("declared_newest") or "",
            row.get("declared_from") or "",
            row.get("free_threading"),
        )


NO_EVIDENCE = RunEvidence()


def evidence_of(release: Candidate | None, package: PackageSnapshot | None, python: Python) -> RunEvidence:
    """Return what a release in use declares of a Python, and which later one does if it does not."""
    if release is None or not release.declared:
        return NO_EVIDENCE
    declared = read_declared(release.declared)
    declaration, newest = declared.on(python), declared.newest
    later = "" if declaration.is_declared or package is None else first_declaring(package, release.version, python)
    return RunEvidence(
        declaration, "" if newest is None else f"{newest[0]}.{newest[1]}", later, declared.free_threading
    )


def first_declaring(package: PackageSnapshot, version: Version, python: Python) -> str:
    """Return the first release after `version` that declares a Python; empty while the releases do not show it.

    It counts only where the release just before it is known not to: else an unread one between may declare it too.
    """
    before: bool | None = None
    start = bisect_left(package.candidates.versions, version)
    for candidate in package.candidates[start:]:
        if before is None and not candidate.declared:
            # Nearly all: of most releases the metadata was never read.
            continue
        if candidate.version.is_prerelease and candidate.version != version:
            continue
        declares = read_declared(candidate.declared).on(python).is_declared if candidate.declared else None
        if declares and before is False:
            return str(candidate.version)
        before = declares
    return ""
