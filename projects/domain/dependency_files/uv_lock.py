"""uv.lock: the closure of a workspace with its dependencies. A fork locks several versions of a name, by marker."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from packaging.utils import NormalizedName, canonicalize_name

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.documents import array, get_in, string, strings, table
from projects.domain.dependency_files.limits import MAX_EDGES, MAX_GROUPS
from projects.domain.dependency_files.line_numbers import TomlLineNumbers
from projects.domain.dependency_files.locked_packages import (
    add_environments,
    archive_hashes,
    is_too_dense,
    lock_context,
    locked_package,
    reachable,
    read_dependencies,
    read_dependency,
    read_packages,
)
from projects.domain.dependency_files.membership import fulfil_membership, split_marker
from projects.domain.dependency_files.pep508 import MalformedRequirement, RequirementContext, any_of, parse_into
from projects.domain.dependency_files.target_limits import LimitKind
from projects.domain.dependency_files.urls import remote_origin
from projects.domain.dependency_files.values import LockedDependency, LockRule, RequirementOrigin, RequirementScope

_OWN = ("virtual", "editable")
_CONFLICT = re.compile(r"(?P<kind>extra|group)-(?P<length>\d{1,4})-(?P<rest>.+)")
# A package by name and version as written.
_Node = tuple[NormalizedName, str | None]


@dataclass(frozen=True, slots=True)
class _Root:
    """A dependency of the workspace itself: always, or of one extra or group; `marker` is about the environment."""

    scope: RequirementScope
    group: str
    dependency: LockedDependency
    marker: str | None


@dataclass(frozen=True, slots=True)
class _Membership:
    """How the workspace requires a package: always or by one extra or group, directly or through others."""

    scope: RequirementScope = RequirementScope.MAIN
    direct: bool | None = None
    direct_marker: str | None = None
    extras: tuple[str, ...] = ()


def read_uv_lock(builder: ParsedFilesBuilder, document: dict[str, object], text: str, path: str) -> None:
    """Read every package but the workspace's own; what only its extras or groups reach has their names."""
    lines = TomlLineNumbers(text)
    packages = [table(package) for package in array(document.get("package"))]
    builder.add_python(document.get("requires-python"), path, lines.key("", "requires-python"), LimitKind.LOCK_PYTHON)
    add_environments(builder, document.get("supported-markers"), path, lines.key("", "supported-markers"))
    _read_manifest(builder, table(document.get("manifest")), path, lines)
    members = set(strings(get_in(document, "manifest", "members")))
    own = [package for package in packages if _is_own(package, members)]
    for package in own:
        builder.add_project_name(package.get("name"))
        builder.add_choices(RequirementScope.EXTRA, strings(get_in(package, "metadata", "provides-extras")))
        builder.add_choices(RequirementScope.GROUP, table(get_in(package, "metadata", "requires-dev")))
    roots = _roots(document, own)
    if len({(root.scope, root.group) for root in roots}) > MAX_GROUPS:
        builder.add_problem(path, None, "", f"more than {MAX_GROUPS} groups and extras: all of them count as required")
        memberships = _Memberships([], packages)
    else:
        memberships = _Memberships(roots, packages)
        if memberships.is_too_dense:
            message = "too many dependencies for so many groups and extras: all of them count as required"
            builder.add_problem(path, None, "", message)

    def read(package: dict[str, object], line: int | None) -> None:
        if not _is_own(package, members):
            _read_package(builder, package, path, line, memberships)

    read_packages(builder, packages, path, lines, "package", read)


def _read_manifest(builder: ParsedFilesBuilder, manifest: dict[str, object], path: str, lines: TomlLineNumbers) -> None:
    """Read the constraints and overrides that the project was locked with: a plan must keep them."""
    for key in ("constraints", "overrides"):
        context = RequirementContext(path, constraint=key == "constraints", override=key == "overrides")
        for entry in array(manifest.get(key)):
            name, specifier = string(get_in(entry, "name")), string(get_in(entry, "specifier")) or ""
            marker = string(get_in(entry, "marker"))
            if name is not None:
                text = f"{name}{specifier}" + (f" ; {marker}" if marker else "")
                parse_into(builder, text, context, lines.key("manifest", key))


def _is_own(package: dict[str, object], members: set[str]) -> bool:
    name, source = string(package.get("name")), table(package.get("source"))
    # One project without members is at "."; other local paths are not the project.
    return name in members or any(source.get(key) == "." for key in _OWN)


def _read_package(
    builder: ParsedFilesBuilder,
    package: dict[str, object],
    path: str,
    line: int | None,
    memberships: _Memberships,
) -> None:
    edges, messages = _edges(package)
    for message in messages:
        builder.add_problem(path, line, string(package.get("name")) or "", message)
    origin, url = _origin(table(package.get("source")))
    builder.add_locked_index(get_in(package, "source", "registry"), path, line, package.get("name"))
    markers = strings(package.get("resolution-markers"))
    locked = locked_package(
        package,
        lock_context(path, LockRule.GRAPH),
        line,
        origin=origin,
        url=url,
        marker=fulfil_membership(any_of(*markers)) if markers else None,
        hashes=archive_hashes([package.get("sdist"), *array(package.get("wheels"))]),
        dependencies=edges,
        editable="editable" in table(package.get("source")),
    )
    for membership, groups in memberships.of(package).items():
        builder.add_requirement(
            replace(
                locked,
                scope=membership.scope,
                groups=tuple(groups),
                direct=membership.direct,
                direct_marker=membership.direct_marker,
                extras=membership.extras,
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


def _roots(document: dict[str, object], own: list[dict[str, object]]) -> list[_Root]:
    found: list[_Root] = []
    for entry in array(get_in(document, "manifest", "requirements")):
        _add_roots(found, entry, RequirementScope.MAIN, "")
    for package in own:
        for entry in array(package.get("dependencies")):
            _add_roots(found, entry, RequirementScope.MAIN, "")
        for key, scope in (
            ("optional-dependencies", RequirementScope.EXTRA),
            ("dev-dependencies", RequirementScope.GROUP),
        ):
            for group, entries in table(package.get(key)).items():
                for entry in array(entries):
                    _add_roots(found, entry, scope, canonicalize_name(group[:120]))
    return found


def _add_roots(roots: list[_Root], entry: object, scope: RequirementScope, group: str) -> None:
    try:
        dependency = read_dependency(entry)
        if scope is not RequirementScope.MAIN:
            marker = fulfil_membership(dependency.marker, lambda _, name: _decoded(name) == (scope, group))
            roots.append(_Root(scope, group, dependency, marker))
            return
        for case in split_marker(dependency.marker):
            if case.scope is RequirementScope.MAIN:
                roots.append(_Root(case.scope, "", dependency, case.marker))
            roots.extend(_Root(*_decoded(name), dependency, case.marker) for name in case.names)
    except MalformedRequirement:
        return  # It reaches nothing; the manifest reports it.


def _decoded(name: str) -> tuple[RequirementScope, str]:
    """Return the scope and name that uv writes as `extra-5-small-cpu` or `group-5-small-dev` where groups conflict."""
    found = _CONFLICT.fullmatch(name)
    if found is None:
        return RequirementScope.EXTRA, name
    scope = RequirementScope.EXTRA if found["kind"] == "extra" else RequirementScope.GROUP
    return scope, found["rest"][int(found["length"]) + 1 :]


class _Memberships:
    """How the workspace requires each package, by name and version: a fork has several versions of a name."""

    def __init__(self, roots: list[_Root], packages: list[dict[str, object]]) -> None:
        self._roots: dict[_Node, list[_Root]] = {}
        self._by_name: dict[NormalizedName, list[_Node]] = {}
        for package in packages:
            node = _node(package)
            self._by_name.setdefault(node[0], []).append(node)
        self._known = {node for nodes in self._by_name.values() for node in nodes}
        self.is_too_dense = False
        graph = self._graph(packages)
        begins: dict[tuple[RequirementScope, str], list[_Node]] = {}
        for root in roots:
            nodes = self._nodes(root.dependency)
            begins.setdefault((root.scope, root.group), []).extend(nodes)
            for node in nodes:
                self._roots.setdefault(node, []).append(root)
        main = (RequirementScope.MAIN, "")
        if self.is_too_dense or is_too_dense(len(begins), graph):
            self.is_too_dense = True
            self._roots = {}
            return
        self._reached = {key: reachable(nodes, graph) for key, nodes in begins.items()}
        self._in_main = self._reached.pop(main, frozenset())

    def of(self, package: dict[str, object]) -> dict[_Membership, list[str]]:
        """Return the ways in which a package is required, each with the extras or groups that choose it."""
        node = _node(package)
        if not self._roots:
            return {_Membership(): []}
        main = self._membership(node, RequirementScope.MAIN, "")
        in_main = node in self._in_main or not any(node in reached for reached in self._reached.values())
        found: dict[_Membership, list[str]] = {main: []} if in_main else {}
        for (scope, group), reached in sorted(self._reached.items()):
            membership = self._membership(node, scope, group)
            # In main already, a group matters only if it requires the package directly and main does not.
            if node in reached and (not in_main or (membership.direct and not _covers(main, membership))):
                found.setdefault(membership, []).append(group)
        return found

    def _membership(self, node: _Node, scope: RequirementScope, group: str) -> _Membership:
        roots = [root for root in self._roots.get(node, ()) if (root.scope, root.group) == (scope, group)]
        if not roots:
            return _Membership(scope, direct=False)
        extras = {extra for root in roots for extra in root.dependency.extras}
        return _Membership(scope, True, any_of(*(root.marker for root in roots)), tuple(sorted(extras)))

    def _nodes(self, dependency: LockedDependency) -> list[_Node]:
        if dependency.version is None:
            return self._by_name.get(dependency.name, [])
        node = (dependency.name, dependency.version)
        return [node] if node in self._known else []

    def _graph(self, packages: list[dict[str, object]]) -> dict[_Node, list[_Node]]:
        graph: dict[_Node, list[_Node]] = {}
        total = 0
        for package in packages:
            edges = graph.setdefault(_node(package), [])
            for dependency in _edges(package)[0]:
                nodes = self._nodes(dependency)
                total += len(nodes)
                if total > MAX_EDGES:
                    self.is_too_dense = True
                    return graph
                edges.extend(nodes)
        return graph


def _covers(main: _Membership, other: _Membership) -> bool:
    return bool(main.direct) and main.direct_marker is None and set(other.extras) <= set(main.extras)


def _node(package: dict[str, object]) -> _Node:
    return canonicalize_name((string(package.get("name")) or "")[:120]), string(package.get("version"))
