"""pylock.toml (PEP 751). packaging validates the document; a malformed package does not affect the others."""

from __future__ import annotations

import re
from dataclasses import replace

from packaging.pylock import Pylock, PylockValidationError

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.documents import array, get_in, string, strings, table
from projects.domain.dependency_files.line_numbers import TomlLineNumbers
from projects.domain.dependency_files.locked_packages import (
    archive_hashes,
    lock_context,
    locked_package,
    read_dependencies,
    read_packages,
)
from projects.domain.dependency_files.pep508 import RequirementContext, normalize_marker
from projects.domain.dependency_files.urls import remote_origin
from projects.domain.dependency_files.values import LockedDependency, RequirementOrigin, RequirementScope

_MEMBER = r"""['"](?P<name>[^'"]{1,200})['"] in (?P<set>dependency_groups|extras)"""
_FIRST = re.compile(rf"\(?{_MEMBER}")
_MORE = re.compile(rf" or {_MEMBER}")


def read_pylock(builder: ParsedFilesBuilder, document: dict[str, object], text: str, path: str) -> None:
    """Read every package. A marker that begins with groups or extras becomes the package's own groups and the rest."""
    lines = TomlLineNumbers(text)
    try:
        Pylock.from_dict(document)
    except (PylockValidationError, ValueError, TypeError, RecursionError) as error:
        builder.add_problem(path, None, "", f"not a valid pylock.toml: {error}")
    builder.add_hint("python", document.get("requires-python"), path, lines.key("", "requires-python"))
    defaults = set(strings(document.get("default-groups")))

    def read(fields: dict[str, object], line: int | None) -> None:
        _read_package(builder, fields, path, line, defaults)

    read_packages(builder, array(document.get("packages")), path, lines, "packages", read)


def _read_package(
    builder: ParsedFilesBuilder, fields: dict[str, object], path: str, line: int | None, defaults: set[str]
) -> None:
    marker, context = _split(normalize_marker(fields.get("marker")), defaults, lock_context(path))
    edges: list[LockedDependency] | None = None
    if isinstance(fields.get("dependencies"), list):
        edges, messages = read_dependencies(array(fields["dependencies"]))
        for message in messages:
            builder.add_problem(path, line, string(fields.get("name")) or "", message)
    origin, url = _origin(fields)
    builder.add_locked_index(fields.get("index"), path, line)
    files = [fields.get("sdist"), fields.get("archive"), *array(fields.get("wheels"))]
    builder.add_requirement(
        locked_package(
            fields,
            context,
            line,
            origin=origin,
            url=url,
            marker=marker,
            hashes=archive_hashes(files),
            dependencies=edges,
            editable=get_in(fields, "directory", "editable") is True,
        )
    )


def _origin(fields: dict[str, object]) -> tuple[RequirementOrigin, str | None]:
    vcs = table(fields.get("vcs"))
    if vcs:
        address = string(vcs.get("url")) or string(vcs.get("path")) or ""
        return remote_origin(string(vcs.get("type")) or "git", address, string(vcs.get("commit-id")))
    directory = string(get_in(fields, "directory", "path"))
    if directory is not None:
        return RequirementOrigin.PATH, directory
    archive = table(fields.get("archive"))
    if archive:
        path = string(archive.get("path"))
        return remote_origin("url" if path is None else "path", path or string(archive.get("url")) or "")
    return RequirementOrigin.INDEX, None


def _split(
    marker: str | None, defaults: set[str], context: RequirementContext
) -> tuple[str | None, RequirementContext]:
    """Split a leading `"a" in dependency_groups or "b" in extras` from the rest of the marker; else keep it whole."""
    found = None if marker is None else _FIRST.match(marker)
    if marker is None or found is None:
        return marker, context
    names, sets = [found["name"]], {found["set"]}
    end = found.end()
    while more := _MORE.match(marker, end):
        names.append(more["name"])
        sets.add(more["set"])
        end = more.end()
    opened = marker.startswith("(")
    if opened and not marker.startswith(")", end):
        return marker, context
    rest = marker[end + opened :]
    if rest and (not rest.startswith(" and ") or (len(names) > 1 and not opened) or " or " in _outside(rest)):
        return marker, context
    rest_marker = normalize_marker(rest.removeprefix(" and ")) if rest else None
    if defaults.intersection(names):
        return rest_marker, context
    scope = RequirementScope.EXTRA if sets == {"extras"} else RequirementScope.GROUP
    return rest_marker, replace(context, scope=scope, groups=tuple(names))


def _outside(text: str) -> str:
    """`text` without what stands in parentheses."""
    depth, kept = 0, []
    for char in text:
        depth += char == "("
        if not depth:
            kept.append(char)
        depth -= char == ")"
    return "".join(kept)
