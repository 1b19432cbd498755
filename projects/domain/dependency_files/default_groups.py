"""The dependency groups that uv, Poetry and PDM install when they are not asked for any."""

from __future__ import annotations

from collections.abc import Iterable

from packaging.utils import canonicalize_name

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.documents import get_in, strings, table
from projects.domain.dependency_files.line_numbers import TomlLineNumbers
from projects.domain.dependency_files.values import Format

_UV = ("tool.uv", "default-groups")


def read_default_groups(
    builder: ParsedFilesBuilder, document: dict[str, object], path: str, lines: TomlLineNumbers
) -> None:
    """Read the groups of a pyproject.toml that each tool installs by default.

    They count where the tool's table or its lock says that the project uses it.
    """
    tool = table(document.get("tool"))
    groups = list(table(document.get("dependency-groups")))
    uv, poetry, pdm = table(tool.get("uv")), table(tool.get("poetry")), table(tool.get("pdm"))
    found = {
        Format.UV_LOCK: _of_uv(builder, uv, groups, path, lines),
        Format.POETRY_LOCK: _of_poetry(poetry, groups),
        Format.PDM_LOCK: [*groups, *table(pdm.get("dev-dependencies"))],
    }
    for lock, names in found.items():
        builder.add_default_groups(lock, names)
    for name, lock in (("uv", Format.UV_LOCK), ("poetry", Format.POETRY_LOCK), ("pdm", Format.PDM_LOCK)):
        if name in tool:
            builder.tools.add(lock)


def _of_uv(
    builder: ParsedFilesBuilder, uv: dict[str, object], groups: Iterable[str], path: str, lines: TomlLineNumbers
) -> list[str]:
    known = {canonicalize_name(name): name for name in (*groups, *(["dev"] if "dev-dependencies" in uv else []))}
    stated = uv.get("default-groups")
    if stated == "all":
        return list(known.values())
    if not isinstance(stated, list):
        return [known[name] for name in (canonicalize_name("dev"),) if name in known]
    names = strings(stated)
    for name in names:
        if canonicalize_name(name) not in known:
            builder.add_problem(path, lines.text(name, *_UV), name, "default-groups names no dependency group")
    return [known[key] for key in map(canonicalize_name, names) if key in known]


def _of_poetry(poetry: dict[str, object], groups: Iterable[str]) -> list[str]:
    own = table(poetry.get("group"))
    optional = {canonicalize_name(name) for name, group in own.items() if get_in(group, "optional") is True}
    dev = ["dev"] if "dev-dependencies" in poetry else []
    return [name for name in dict.fromkeys((*own, *dev, *groups)) if canonicalize_name(name) not in optional]
