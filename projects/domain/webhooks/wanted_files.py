"""The dependency files to fetch from a repository: the root files, and the files that they include."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from projects.domain.dependency_files import is_dependency_file, read

# Folders whose files belong to the project at the root. A deeper folder may be another project.
_FOLDERS = ("", "requirements", "reqs", "constraints")


def detect(paths: Sequence[str]) -> list[str]:
    """Return the dependency files among a repository's paths from which reading starts, in their order."""
    return [path for path in paths if path.rpartition("/")[0] in _FOLDERS and is_dependency_file(path)]


def missing_includes(files: Mapping[str, bytes], roots: Sequence[str]) -> list[str]:
    """Return the paths that `files`, read from `roots`, include and that are not among them, in reading order."""
    recording = _RecordingFiles(files)
    read(recording, roots)
    return recording.missing


class _RecordingFiles(Mapping[str, bytes]):
    """A mapping of files that records the missing paths that were looked up."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self.missing: list[str] = []

    def __getitem__(self, path: str) -> bytes:
        if path not in self._files and path not in self.missing:
            self.missing.append(path)
        return self._files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)
