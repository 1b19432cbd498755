"""pylock.toml (PEP 751). packaging validates the document; a malformed package does not affect the others."""

from __future__ import annotations

from msgspec.structs import replace

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.documents import array, get_in, string, strings, table
from projects.domain.dependency_files.line_numbers import TomlLineNumbers
from projects.domain.dependency_files.locked_packages import (
    add_environments,
    archive_hashes,
    lock_context,
    locked_package,
    read_dependencies,
    read_packages,
)
from projects.domain.dependency_files.membership import fulfil_membership, split_marker
from projects.domain.dependency_files.pep508 import normalize_marker
from projects.domain.dependency_files.target_limits import LimitKind
from projects.domain.dependency_files.urls import remote_origin
from projects.domain.dependency_files.values import LockedDependency, LockRule, RequirementOrigin, RequirementScope
from scanner.domain.parsing import check_pylock


def read_pylock(builder: ParsedFilesBuilder, document: dict[str, object], text: str, path: str) -> None:
    """Read every package; one that extras or groups choose has an entry for each case of its marker."""
    lines = TomlLineNumbers(text)
    try:
        check_pylock(document)
    except (ValueError, TypeError, RecursionError) as error:
        builder.add_problem(path, None, "", f"not a valid pylock.toml: {error}")
    builder.add_python(document.get("requires-python"), path, lines.key("", "requires-python"), LimitKind.LOCK_PYTHON)
    add_environments(builder, document.get("environments"), path, lines.key("", "environments"))
    builder.add_choices(RequirementScope.EXTRA, strings(document.get("extras")))
    builder.add_choices(RequirementScope.GROUP, strings(document.get("dependency-groups")))
    defaults = set(strings(document.get("default-groups")))

    def read(fields: dict[str, object], line: int | None) -> None:
        _read_package(builder, fields, path, line, defaults)

    read_packages(builder, array(document.get("packages")), path, lines, "packages", read)


def _read_package(
    builder: ParsedFilesBuilder, fields: dict[str, object], path: str, line: int | None, defaults: set[str]
) -> None:
    marker = normalize_marker(fields.get("marker"))
    edges: list[LockedDependency] | None = None
    if isinstance(fields.get("dependencies"), list):
        edges, messages = read_dependencies(array(fields["dependencies"]))
        for message in messages:
            builder.add_problem(path, line, string(fields.get("name")) or "", message)
    origin, url = _origin(fields)
    builder.add_locked_index(fields.get("index"), path, line, fields.get("name"))
    python = string(fields.get("requires-python"))
    if python:
        name = string(fields.get("name")) or ""
        builder.add_limit(
            *(LimitKind.LOCKED_PACKAGE, python, path, line),
            specifiers=(python,),
            package=name,
            condition=fulfil_membership(marker),
        )
    files = [fields.get("sdist"), fields.get("archive"), *array(fields.get("wheels"))]
    for case in split_marker(marker, defaults):
        builder.add_requirement(
            locked_package(
                fields,
                replace(lock_context(path, LockRule.PACKAGES), scope=case.scope, groups=case.names),
                line,
                origin=origin,
                url=url,
                marker=case.marker,
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
