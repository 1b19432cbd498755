"""The commands that bring a lock file to the plan: a lock is written by its own tool, never by hand."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping

from packaging.version import Version

from projects.domain.dependency_files.values import Format, SourceFile
from projects.domain.rewriting.moves import Moves


def commands(sources: Iterable[SourceFile], moves: Moves) -> list[str]:
    """One command for each file that a tool has to write again, in the order of the files."""
    moved = {name: moves.pins[name] for name in sorted({*moves.before, *moves.added}) if name in moves.pins}
    if not moved:
        return []
    return [said for source in sources if (said := _command(source, moved)) is not None]


def _command(source: SourceFile, moved: Mapping[str, Version]) -> str | None:
    names = " ".join(moved)
    pins = " ".join(f"'{name}=={version}'" for name, version in moved.items())
    path = posixpath.basename(source.path)
    match source.format:
        case Format.UV_LOCK:
            return "uv lock " + " ".join(f"--upgrade-package '{name}=={version}'" for name, version in moved.items())
        case Format.POETRY_LOCK:
            return f"poetry update --lock {names}"
        case Format.PDM_LOCK:
            return f"pdm lock --update-reuse && pdm update --no-sync {names}"
        case Format.PIPFILE_LOCK:
            return f"pipenv upgrade --lock-only {pins}"
        case Format.PYLOCK:
            return f"uv pip compile pyproject.toml -o {path} " + _upgrades(moved)
        case Format.PIP_COMPILE:
            return f"pip-compile --output-file {path} " + _upgrades(moved) + "  # or: uv pip compile, same options"
    return None


def _upgrades(moved: Mapping[str, Version]) -> str:
    return " ".join(f"--upgrade-package '{name}=={version}'" for name, version in moved.items())
