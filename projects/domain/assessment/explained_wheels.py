"""Which file of a release an installer takes on each target and why, and what the release declares of its Python."""

from __future__ import annotations

from projects.domain.assessment.index_snapshot import FilesOf, PackageSnapshot
from projects.domain.assessment.run_evidence import NO_EVIDENCE, RunEvidence, evidence_of
from scanner.domain.matching.availability import is_compiled
from scanner.domain.matching.explain import Cell, explain_cell
from scanner.domain.resolution.model.versions import Candidate
from scanner.domain.targets.pythons import Python
from scanner.domain.targets.target import Target


class WheelExplanations:
    """Explained releases, over the files that were read for one evaluation. Each is worked out once.

    Most releases have no wheel for particular platforms: what is said of them depends on the Python alone.
    """

    def __init__(self, files_of: FilesOf) -> None:
        self._files_of = files_of
        self._is_pure: dict[int, bool] = {}
        self._cells: dict[tuple[int, str], Cell] = {}
        self._evidence: dict[tuple[int, str], RunEvidence] = {}

    def cell(self, release: Candidate, target: Target) -> Cell:
        """Return what an installer on the target would do with the release, and why."""
        is_pure = self._is_pure.get(release.pk)
        if is_pure is None:
            files = self._files_of(release)
            is_pure = self._is_pure[release.pk] = not any(is_compiled(file.tag_set) for file in files)
        key = (release.pk, target.python.slug if is_pure else target.slug)
        known = self._cells.get(key)
        if known is None:
            known = self._cells[key] = explain_cell(self._files_of(release), target, source_detail=release.build)
        return known

    def evidence(self, release: Candidate | None, package: PackageSnapshot | None, python: Python) -> RunEvidence:
        """Return what `evidence_of` says of a release of a package, which is the same on all platforms of a Python."""
        if release is None:
            return NO_EVIDENCE
        key = (release.pk, python.slug)
        known = self._evidence.get(key)
        if known is None:
            known = self._evidence[key] = evidence_of(release, package, python)
        return known
