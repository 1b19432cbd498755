"""The commands that bring a lock file to a plan: only its own tool writes a lock."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping

from packaging.version import Version

from projects.domain.dependency_files.values import Format, SourceFile
from projects.domain.rewriting.edits import PlannedVersions


def lock_commands(sources: Iterable[SourceFile], versions: PlannedVersions) -> list[str]:
    """Return a command for each file that its tool has to write, in the order of the files."""
    moved = dict(sorted(versions.moved.items()))
    if not moved:
        return []
    return [command for source in sources if (command := _command(source, moved)) is not None]


def _command(source: SourceFile, moved: Mapping[str, Version]) -> str | None:
    names = " ".join(moved)
    pins = " ".join(f"'{name}=={version}'" for name, version in moved.items())
    upgrades = " ".join(f"--upgrade-package '{name}=={version}'" for name, version in moved.items())
    path = posixpath.basename(source.path)
    match source.format:
        case Format.UV_LOCK:
            return f"uv lock {upgrades}"
        case Format.POETRY_LOCK:
            return f"poetry update --lock {names}"
        case Format.PDM_LOCK:
            return f"pdm lock --update-reuse && pdm update --no-sync {names}"
        case Format.PIPFILE_LOCK:
            return f"pipenv upgrade --lock-only {pins}"
        case Format.PYLOCK:
            return f"uv pip compile pyproject.toml -o {path} {upgrades}"
        case Format.PIP_COMPILE:
            return f"pip-compile --output-file {path} {upgrades}  # or: uv pip compile, same options"
    return None
