"""The proofs of an assessment's cells, each worked out once. Pure."""

from __future__ import annotations

from projects.domain.assessment.index_snapshot import FilesOf
from scanner.domain.matching.availability import is_compiled
from scanner.domain.matching.explain import Cell, explain_cell
from scanner.domain.resolution.model.versions import Candidate
from scanner.domain.targets.target import Target


class Proofs:
    """Cells with their proofs over the files of one reading.

    Most releases have no wheel for particular platforms: their cells depend on the Python alone.
    """

    def __init__(self, files_of: FilesOf) -> None:
        self._files_of = files_of
        self._plain: dict[int, bool] = {}
        self._cells: dict[tuple[int, str], Cell] = {}

    def cell(self, release: Candidate, target: Target) -> Cell:
        """What an installer on the target would do with the release, and why."""
        plain = self._plain.get(release.pk)
        if plain is None:
            files = self._files_of(release)
            plain = self._plain[release.pk] = not any(is_compiled(file.tag_set) for file in files)
        key = (release.pk, target.python.slug if plain else target.slug)
        known = self._cells.get(key)
        if known is None:
            known = self._cells[key] = explain_cell(self._files_of(release), target, source_detail=release.build)
        return known
