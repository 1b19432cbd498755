"""uv.lock: the closure of a workspace with its dependencies. A fork locks several versions of a name, by marker."""

from __future__ import annotations

from dataclasses import replace

from packaging.utils import NormalizedName, canonicalize_name

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.documents import array, get_in, string, strings, table
from projects.domain.dependency_files.limits import MAX_GROUPS
from projects.domain.dependency_files.line_numbers import TomlLineNumbers
from projects.domain.dependency_files.locked_packages import (
    archive_hashes,
    lock_context,
    locked_package,
    reachable,
    read_dependencies,
    read_dependency,
    read_packages,
)
from projects.domain.dependency_files.pep508 import MalformedRequirement, RequirementContext, normalize_marker
from projects.domain.dependency_files.urls import remote_origin
from projects.domain.dependency_files.values import LockedDependency, RequirementOrigin, RequirementScope

_OWN = ("virtual", "editable")


def read_uv_lock(builder: ParsedFilesBuilder, document: dict[str, object], text: str, path: str) -> None:
    """Read every package but the workspace's own; what only its extras or groups reach has their names."""
    lines = TomlLineNumbers(text)
    packages = [table(package) for package in array(document.get("package"))]
    builder.add_hint("python", document.get("requires-python"), path, lines.key("", "requires-python"))
    members = set(strings(get_in(document, "manifest", "members")))
    own = [package for package in packages if _is_own(package, members)]
    for package in own:
        builder.add_project_name(package.get("name"))
    contexts = _contexts(document, own, packages, lock_context(path))
    if contexts is None:
        builder.add_problem(path, None, "", f"more than {MAX_GROUPS} groups and extras: all of them count as required")
        contexts = {}

    def read(package: dict[str, object], line: int | None) -> None:
        if not _is_own(package, members):
            _read_package(builder, package, path, line, contexts)

    read_packages(builder, packages, path, lines, "package", read)


def _is_own(package: dict[str, object], members: set[str]) -> bool:
    name, source = string(package.get("name")), table(package.get("source"))
    # One project without members is at "."; other local paths are not the project.
    return name in members or any(source.get(key) == "." for key in _OWN)


def _read_package(
    builder: ParsedFilesBuilder,
    package: dict[str, object],
    path: str,
    line: int | None,
    contexts: dict[NormalizedName, RequirementContext],
) -> None:
    edges, messages = _edges(package)
    name = string(package.get("name")) or ""
    for message in messages:
        builder.add_problem(path, line, name, message)
    origin, url = _origin(table(package.get("source")))
    builder.add_locked_index(get_in(package, "source", "registry"), path, line)
    files = [package.get("sdist"), *array(package.get("wheels"))]
    markers = strings(package.get("resolution-markers"))
    marker = normalize_marker(" or ".join(f"({marker})" for marker in markers)) if markers else None
    builder.add_requirement(
        locked_package(
            package,
            contexts.get(canonicalize_name(name[:120]), lock_context(path)),
            line,
            origin=origin,
            url=url,
            marker=marker,
            hashes=archive_hashes(files),
            dependencies=edges,
            editable="editable" in table(package.get("source")),
        )
    )


def _origin(source: dict[str, object]) -> tuple[RequirementOrigin, str | None]:
    for kind in ("git", "url", "path", "directory", "editable", "virtual"):
        address = string(source.get(kind))
        if address is not None:
            # The fragment of a git source is the commit; its query repeats the requested reference.
            return remote_origin(kind, address, None)
    return RequirementOrigin.INDEX, None


def _edges(package: dict[str, object]) -> tuple[list[LockedDependency], list[str]]:
    edges, messages = read_dependencies(array(package.get("dependencies")))
    for extra, entries in table(package.get("optional-dependencies")).items():
        try:
            more, problems = read_dependencies(array(entries), extra)
        except MalformedRequirement as error:
            more, problems = [], [str(error)]
        edges += more
        messages += problems
    return edges, messages


def _contexts(
    document: dict[str, object],
    own: list[dict[str, object]],
    packages: list[dict[str, object]],
    context: RequirementContext,
) -> dict[NormalizedName, RequirementContext] | None:
    graph: dict[NormalizedName, list[NormalizedName]] = {}
    for package in packages:
        name = string(package.get("name"))
        if name is not None:
            known = graph.setdefault(canonicalize_name(name[:120]), [])
            known.extend(found.name for found in _edges(package)[0])
    main: set[NormalizedName] = {_name(entry) for entry in array(get_in(document, "manifest", "requirements"))}
    groups: dict[tuple[RequirementScope, str], set[NormalizedName]] = {}
    for package in own:
        main |= _names(package.get("dependencies"))
        for key, scope in (
            ("optional-dependencies", RequirementScope.EXTRA),
            ("dev-dependencies", RequirementScope.GROUP),
        ):
            for group, entries in table(package.get(key)).items():
                groups.setdefault((scope, canonicalize_name(group[:120])), set()).update(_names(entries))
    return _assign(graph, main, groups, context) if len(groups) <= MAX_GROUPS else None


def _assign(
    graph: dict[NormalizedName, list[NormalizedName]],
    main: set[NormalizedName],
    groups: dict[tuple[RequirementScope, str], set[NormalizedName]],
    context: RequirementContext,
) -> dict[NormalizedName, RequirementContext]:
    direct = main.union(*groups.values())
    in_main = reachable(main, graph)
    reached_by: dict[NormalizedName, dict[RequirementScope, list[str]]] = {}
    for (scope, group), names in groups.items():
        for name in reachable(names, graph) - in_main:
            reached_by.setdefault(name, {}).setdefault(scope, []).append(group)
    found = {name: replace(context, direct=name in direct if direct else None) for name in graph}
    for name, scopes in reached_by.items():
        # One that both an extra and a group reach has the extra's scope: extras are published, groups are not.
        scope = RequirementScope.EXTRA if RequirementScope.EXTRA in scopes else RequirementScope.GROUP
        chosen_by = tuple(sorted({group for names_of_scope in scopes.values() for group in names_of_scope}))
        found[name] = replace(context, scope=scope, groups=chosen_by, direct=name in direct)
    return found


def _names(entries: object) -> set[NormalizedName]:
    return {_name(entry) for entry in array(entries)}


def _name(entry: object) -> NormalizedName:
    try:
        return read_dependency(entry).name
    except MalformedRequirement:
        # Reading its package reports it; the empty name reaches nothing.
        return canonicalize_name("")
