"""How the workspace of a uv.lock requires its packages: always, or by extras and groups, directly or through others."""

from __future__ import annotations

import re

from msgspec import Struct
from packaging.utils import NormalizedName, canonicalize_name

from projects.domain.dependency_files.documents import array, get_in, string, table
from projects.domain.dependency_files.limits import MAX_EDGES
from projects.domain.dependency_files.locked_packages import (
    is_too_dense,
    reachable,
    read_dependencies,
    read_dependency,
)
from projects.domain.dependency_files.membership import fulfil_membership, split_marker
from projects.domain.dependency_files.pep508 import MalformedRequirement, any_of
from projects.domain.dependency_files.values import LockedDependency, RequirementScope

_CONFLICT = re.compile(r"(?P<kind>extra|group)-(?P<length>\d{1,4})-(?P<rest>.+)")
# A package by name and version as written.
_Node = tuple[NormalizedName, str | None]


class UvRoot(Struct, frozen=True):
    """A dependency of the workspace itself: always, or of one extra or group; `marker` is about the environment."""

    scope: RequirementScope
    group: str
    dependency: LockedDependency
    marker: str | None


class UvMembership(Struct, frozen=True):
    """How the workspace requires a package: always or by one extra or group, directly or through others."""

    scope: RequirementScope = RequirementScope.MAIN
    direct: bool | None = None
    direct_marker: str | None = None
    extras: tuple[str, ...] = ()


def edges_of(package: dict[str, object]) -> tuple[list[LockedDependency], list[str]]:
    """Return the dependencies of a locked package, those of its extras too, and a message for each malformed one."""
    edges, messages = read_dependencies(array(package.get("dependencies")))
    for extra, entries in table(package.get("optional-dependencies")).items():
        try:
            more, problems = read_dependencies(array(entries), extra)
        except MalformedRequirement as error:
            more, problems = [], [str(error)]
        edges += more
        messages += problems
    return edges, messages


def roots_of(document: dict[str, object], own: list[dict[str, object]]) -> list[UvRoot]:
    """Return the dependencies of the workspace: those of the lock's manifest and of its own packages."""
    found: list[UvRoot] = []
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


def _add_roots(roots: list[UvRoot], entry: object, scope: RequirementScope, group: str) -> None:
    try:
        dependency = read_dependency(entry)
        if scope is not RequirementScope.MAIN:
            marker = fulfil_membership(dependency.marker, lambda _, name: _decoded(name) == (scope, group))
            roots.append(UvRoot(scope, group, dependency, marker))
            return
        for case in split_marker(dependency.marker):
            if case.scope is RequirementScope.MAIN:
                roots.append(UvRoot(case.scope, "", dependency, case.marker))
            roots.extend(UvRoot(*_decoded(name), dependency, case.marker) for name in case.names)
    except MalformedRequirement:
        return  # It reaches nothing; the manifest reports it.


def _decoded(name: str) -> tuple[RequirementScope, str]:
    """Return the scope and name that uv writes as `extra-5-small-cpu` or `group-5-small-dev` where groups conflict."""
    found = _CONFLICT.fullmatch(name)
    if found is None:
        return RequirementScope.EXTRA, name
    scope = RequirementScope.EXTRA if found["kind"] == "extra" else RequirementScope.GROUP
    return scope, found["rest"][int(found["length"]) + 1 :]


class UvMemberships:
    """How the workspace requires each package, by name and version: a fork has several versions of a name."""

    def __init__(self, roots: list[UvRoot], packages: list[dict[str, object]]) -> None:
        self._roots: dict[_Node, list[UvRoot]] = {}
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

    def of(self, package: dict[str, object]) -> dict[UvMembership, list[str]]:
        """Return the ways in which a package is required, each with the extras or groups that choose it."""
        node = _node(package)
        if not self._roots:
            return {UvMembership(): []}
        main = self._membership(node, RequirementScope.MAIN, "")
        in_main = node in self._in_main or not any(node in reached for reached in self._reached.values())
        found: dict[UvMembership, list[str]] = {main: []} if in_main else {}
        for (scope, group), reached in sorted(self._reached.items()):
            membership = self._membership(node, scope, group)
            # In main already, a group matters only if it requires the package directly and main does not.
            if node in reached and (not in_main or (membership.direct and not _covers(main, membership))):
                found.setdefault(membership, []).append(group)
        return found

    def _membership(self, node: _Node, scope: RequirementScope, group: str) -> UvMembership:
        roots = [root for root in self._roots.get(node, ()) if (root.scope, root.group) == (scope, group)]
        if not roots:
            return UvMembership(scope, direct=False)
        extras = {extra for root in roots for extra in root.dependency.extras}
        return UvMembership(scope, True, any_of(*(root.marker for root in roots)), tuple(sorted(extras)))

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
            for dependency in edges_of(package)[0]:
                nodes = self._nodes(dependency)
                total += len(nodes)
                if total > MAX_EDGES:
                    self.is_too_dense = True
                    return graph
                edges.extend(nodes)
        return graph


def _covers(main: UvMembership, other: UvMembership) -> bool:
    return bool(main.direct) and main.direct_marker is None and set(other.extras) <= set(main.extras)


def _node(package: dict[str, object]) -> _Node:
    return canonicalize_name((string(package.get("name")) or "")[:120]), string(package.get("version"))
