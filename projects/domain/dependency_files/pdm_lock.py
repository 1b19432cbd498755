"""pdm.lock, versions 2 to 4.5: groups and markers since 4.4, files beside the packages or under [metadata]."""

from __future__ import annotations

from packaging.utils import canonicalize_name

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.documents import TomlLineNumbers, array, get_in, string, strings, table
from projects.domain.dependency_files.locked_packages import Belonging, file_hashes, locked, remote_origin
from projects.domain.dependency_files.pep508 import (
    MalformedRequirement,
    RequirementContext,
    normalize_marker,
    parse_requirement,
)
from projects.domain.dependency_files.values import LockedDependency, RequirementOrigin, RequirementScope


def read_pdm_lock(builder: ParsedFilesBuilder, document: dict[str, object], text: str, path: str) -> None:
    """Every package; one asked for with extras stands twice, once with them, as the lock has it."""
    lines = TomlLineNumbers(text)
    packages = array(document.get("package"))
    numbered = lines.entries("package") == len(packages)
    for target in array(get_in(document, "metadata", "targets")):
        python = string(get_in(target, "requires_python"))
        if python:
            builder.add_hint("python", python, path, lines.text(python, "metadata.targets"))
    files = table(get_in(document, "metadata", "files"))
    for position, package in enumerate(packages):
        line = lines.header("package", position) if numbered else None
        fields = table(package)
        try:
            _read_package(builder, fields, path, line, files)
        except MalformedRequirement as error:
            builder.add_problem(path, line, string(fields.get("name")) or "", str(error))


def _read_package(
    builder: ParsedFilesBuilder, fields: dict[str, object], path: str, line: int | None, files: dict[str, object]
) -> None:
    edges = []
    for text in strings(fields.get("dependencies")):
        try:
            found = parse_requirement(text, RequirementContext(path), line)
        except MalformedRequirement as error:
            builder.add_problem(path, line, text, str(error))
        else:
            edges.append(LockedDependency(found.name, found.marker, found.extras))
    groups = strings(fields.get("groups"))
    name, version = string(fields.get("name")), string(fields.get("version"))
    main = not groups or "default" in groups
    belonging = (
        Belonging()
        if main
        else Belonging(RequirementScope.GROUP, tuple(canonicalize_name(group[:120]) for group in groups))
    )
    origin, url = _origin(fields)
    builder.add_requirement(
        locked(
            fields,
            path,
            line,
            belonging,
            origin=origin,
            url=url,
            marker=normalize_marker(fields.get("marker")),
            hashes=file_hashes(fields.get("files") or files.get(f"{name} {version}")),
            edges=tuple(edges),
            editable=fields.get("editable") is True,
        )
    )


def _origin(fields: dict[str, object]) -> tuple[RequirementOrigin, str | None]:
    for kind in ("git", "hg", "svn", "bzr", "path", "url"):
        address = string(fields.get(kind))
        if address is not None:
            return remote_origin(kind, address, string(fields.get("revision")) or string(fields.get("ref")))
    return RequirementOrigin.INDEX, None
