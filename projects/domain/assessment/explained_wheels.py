"""Which file of a release an installer takes on each target, and why."""

from __future__ import annotations

from projects.domain.assessment.index_snapshot import FilesOf
from scanner.domain.matching.availability import is_compiled
from scanner.domain.matching.explain import Cell, explain_cell
from scanner.domain.resolution.model.versions import Candidate
from scanner.domain.targets.target import Target


class WheelExplanations:
    """Explained releases, over the files that were read for one evaluation. Each is worked out once.

    Most releases have no wheel for particular platforms: what is said of them depends on the Python alone.
    """

    def __init__(self, files_of: FilesOf) -> None:
        self._files_of = files_of
        self._is_pure: dict[int, bool] = {}
        self._cells: dict[tuple[int, str], Cell] = {}

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
