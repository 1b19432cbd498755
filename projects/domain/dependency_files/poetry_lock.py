"""poetry.lock, versions 0.x to 2.1, which differ in where hashes, markers, categories and groups are."""

from __future__ import annotations

import re

from msgspec.structs import replace
from packaging.utils import NormalizedName, canonicalize_name

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.documents import array, get_in, string, strings, table
from projects.domain.dependency_files.limits import MAX_GROUPS
from projects.domain.dependency_files.line_numbers import TomlLineNumbers
from projects.domain.dependency_files.locked_packages import (
    file_hashes,
    is_too_dense,
    lock_context,
    locked_package,
    reachable,
    read_packages,
)
from projects.domain.dependency_files.membership import fulfil_membership, split_marker
from projects.domain.dependency_files.pep508 import (
    MalformedRequirement,
    RequirementContext,
    all_of,
    normalize_marker,
    normalize_name,
)
from projects.domain.dependency_files.poetry import add_poetry_python
from projects.domain.dependency_files.poetry_versions import python_marker
from projects.domain.dependency_files.target_limits import LimitKind
from projects.domain.dependency_files.urls import remote_origin
from projects.domain.dependency_files.values import LockedDependency, LockRule, RequirementOrigin, RequirementScope

_MAX_EXTRAS_OF_EDGE = 50


def read_poetry_lock(builder: ParsedFilesBuilder, document: dict[str, object], text: str, path: str) -> None:
    """Read every package; one whose marker differs between groups has one entry for each marker."""
    lines = TomlLineNumbers(text)
    python = get_in(document, "metadata", "python-versions")
    add_poetry_python(builder, python, path, lines.key("metadata", "python-versions"), LimitKind.LOCK_PYTHON)
    hashes: dict[str, object] = {canonicalize_name(name): value for name, value in _metadata_hashes(document).items()}

    def read(fields: dict[str, object], line: int | None) -> None:
        _read_package(builder, fields, path, line, hashes)

    read_packages(builder, array(document.get("package")), path, lines, "package", read)
    builder.add_choices(RequirementScope.EXTRA, table(document.get("extras")))
    _name_extras(builder, table(document.get("extras")), path)


def _name_extras(builder: ParsedFilesBuilder, extras: dict[str, object], path: str) -> None:
    """Set the extras that reach each optional package; the lock lists only the direct packages of an extra."""
    mine = [number for number, found in enumerate(builder.requirements) if found.source == path and found.locked]
    graph: dict[NormalizedName, list[NormalizedName]] = {}
    for number in mine:
        found = builder.requirements[number]
        graph.setdefault(found.name, []).extend(dependency.name for dependency in found.dependencies)
    if len(extras) > MAX_GROUPS:
        builder.add_problem(path, None, "", f"more than {MAX_GROUPS} extras: their packages are not followed")
        return
    if is_too_dense(len(extras), graph):
        builder.add_problem(path, None, "", "too many dependencies for so many extras: their packages are not followed")
        return
    reach = {
        canonicalize_name(extra[:120]): reachable([canonicalize_name(name[:120]) for name in strings(names)], graph)
        for extra, names in extras.items()
    }
    for number in mine:
        found = builder.requirements[number]
        if found.scope is RequirementScope.EXTRA and not found.groups:
            groups = tuple(sorted(extra for extra, names in reach.items() if found.name in names))
            builder.requirements[number] = replace(found, groups=groups)


def _metadata_hashes(document: dict[str, object]) -> dict[str, object]:
    return {**table(get_in(document, "metadata", "hashes")), **table(get_in(document, "metadata", "files"))}


def _read_package(
    builder: ParsedFilesBuilder, fields: dict[str, object], path: str, line: int | None, hashes: dict[str, object]
) -> None:
    name = normalize_name(fields.get("name"))
    origin, url = _origin(fields)
    if get_in(fields, "source", "type") in {None, "legacy"}:
        builder.add_locked_index(get_in(fields, "source", "url"), path, line, name)
    edges = _edges(builder, fields, path, line)
    for marker, context in _contexts(fields, path):
        builder.add_requirement(
            locked_package(
                fields,
                context,
                line,
                origin=origin,
                url=url,
                marker=marker,
                hashes=file_hashes(fields.get("files") or hashes.get(name)),
                dependencies=edges,
                editable=fields.get("develop") is True,
            )
        )


def _origin(fields: dict[str, object]) -> tuple[RequirementOrigin, str | None]:
    source = table(fields.get("source"))
    kind, address = string(source.get("type")), string(source.get("url"))
    # "legacy" is a package index other than the default one.
    if address is None or kind in {None, "legacy"}:
        return RequirementOrigin.INDEX, None
    return remote_origin(
        kind or "", address, string(source.get("resolved_reference")) or string(source.get("reference"))
    )


def _contexts(fields: dict[str, object], path: str) -> list[tuple[str | None, RequirementContext]]:
    # Since lock version 2.1 a package has its groups, and for each the whole condition on which it is installed.
    rule = LockRule.PACKAGES if "groups" in fields else LockRule.GRAPH
    groups = strings(fields.get("groups")) or [string(fields.get("category")) or "main"]
    optional = fields.get("optional") is True
    markers = fields.get("markers", fields.get("marker"))
    by_marker: dict[str | None, list[str]] = {}
    for group in groups:
        marker = markers.get(group) if isinstance(markers, dict) else markers
        by_marker.setdefault(normalize_marker(marker), []).append(group)
    found: dict[tuple[str | None, RequirementContext], None] = {}
    for marker, names in by_marker.items():
        context = _context(tuple(names), path, rule, optional=optional)
        if context.scope is RequirementScope.EXTRA and "groups" in fields:
            # Since lock version 2.1 the extras in a marker are those of the project.
            for case in split_marker(marker):
                found[case.marker, replace(context, groups=case.names)] = None
        else:
            # Before it they were those of a dependent, whose requirement the lock has fulfilled.
            found[fulfil_membership(marker), context] = None
    return list(found)


def _context(groups: tuple[str, ...], path: str, rule: LockRule, *, optional: bool) -> RequirementContext:
    context = lock_context(path, rule)
    if "main" not in groups:
        return replace(context, scope=RequirementScope.GROUP, groups=groups)
    # An optional package is there for an extra; without a marker only the manifest and [extras] name which one.
    return replace(context, scope=RequirementScope.EXTRA) if optional else context


def _edges(
    builder: ParsedFilesBuilder, fields: dict[str, object], path: str, line: int | None
) -> tuple[LockedDependency, ...]:
    extras = _extra_of(fields)
    edges: list[LockedDependency] = []
    for name, content in table(fields.get("dependencies")).items():
        for entry in content if isinstance(content, list) else [content]:
            try:
                edges.append(_edge(name, entry, extras))
            except MalformedRequirement as error:
                builder.add_problem(path, line, name, str(error))
    return tuple(edges)


def _edge(name: str, entry: object, extras: dict[str, list[str]]) -> LockedDependency:
    package = normalize_name(name)
    marker = normalize_marker(get_in(entry, "markers"))
    python = string(get_in(entry, "python"))
    if python is not None and (condition := python_marker(python)):
        marker = all_of(marker, normalize_marker(condition))
    if get_in(entry, "optional") is True and "extra ==" not in (marker or "") and package in extras:
        behind = " or ".join(f'extra == "{extra}"' for extra in extras[package])
        marker = all_of(marker, normalize_marker(behind))
    return LockedDependency(package, marker, tuple(sorted(strings(get_in(entry, "extras")))))


def _extra_of(fields: dict[str, object]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for extra, requirements in table(fields.get("extras")).items():
        for requirement in strings(requirements):
            name = re.match(r"[A-Za-z0-9._\-]{1,200}", requirement.strip())
            if name:
                known = found.setdefault(canonicalize_name(name[0]), [])
                if len(known) < _MAX_EXTRAS_OF_EDGE:
                    known.append(canonicalize_name(extra[:120]))
    return found
