"""Which files of a repository an intake needs: those it starts from, and those it asks for while it reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from projects.domain.dependency_files import is_dependency_file, read

# Folders whose files belong to the project at the root; one deeper down may be another project.
_FOLDERS = ("", "requirements", "reqs", "constraints")


def detect(paths: Sequence[str]) -> list[str]:
    """Pick the files to start from out of a repository's paths, in their order; none when nothing is known."""
    return [path for path in paths if path.rpartition("/")[0] in _FOLDERS and is_dependency_file(path)]


def missing_includes(files: Mapping[str, bytes], roots: Sequence[str]) -> list[str]:
    """The paths that reading `files` from `roots` asks for and does not find, in the order it asks."""
    asked = _RecordingFiles(files)
    read(asked, roots)
    return asked.missing


class _RecordingFiles(Mapping[str, bytes]):
    """Files that remember which of their kind were looked up in vain."""

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
