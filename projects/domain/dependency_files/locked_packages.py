"""What the readers of locks share: one package from its table, its dependencies, hashes, and who reaches whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.documents import get_in, string, strings, table
from projects.domain.dependency_files.limits import MAX_CLOSURE_STEPS, MAX_EDGES
from projects.domain.dependency_files.line_numbers import TomlLineNumbers
from projects.domain.dependency_files.pep508 import (
    MalformedRequirement,
    RequirementContext,
    normalize_marker,
    normalize_name,
    normalize_version,
    parse_requirement,
)
from projects.domain.dependency_files.target_limits import LimitKind
from projects.domain.dependency_files.values import LockedDependency, LockRule, ParsedRequirement, RequirementOrigin

_Node = TypeVar("_Node")
# Reads one package from its table and its line.
PackageReader = Callable[[dict[str, object], int | None], None]


def lock_context(path: str, rule: LockRule) -> RequirementContext:
    """Return the context of a package that its lock installs by this rule and does not call direct or transitive."""
    return RequirementContext(path, direct=None, lock=rule)


def read_packages(
    builder: ParsedFilesBuilder,
    packages: Iterable[object],
    path: str,
    lines: TomlLineNumbers,
    header: str,
    read: PackageReader,
) -> None:
    """Call `read` for each package of a TOML lock; one that is malformed becomes a problem at its line."""
    tables = [table(package) for package in packages]
    numbered = lines.entries(header) == len(tables)
    for position, fields in enumerate(tables):
        line = lines.header(header, position) if numbered else None
        try:
            read(fields, line)
        except MalformedRequirement as error:
            builder.add_unread(path, line, string(fields.get("name")) or "", str(error))


def locked_package(
    fields: Mapping[str, object],
    context: RequirementContext,
    line: int | None,
    *,
    origin: RequirementOrigin = RequirementOrigin.INDEX,
    url: str | None = None,
    marker: str | None = None,
    hashes: tuple[str, ...] = (),
    dependencies: Iterable[LockedDependency] | None = None,
    editable: bool = False,
) -> ParsedRequirement:
    """Return the package with the `name`, `version` (may be absent) and `extras` of `fields`.

    `dependencies` is None if the lock does not list them. Raises MalformedRequirement.
    """
    version = None if fields.get("version") is None else normalize_version(fields["version"])
    name = normalize_name(fields.get("name"))
    return ParsedRequirement(
        name=name,
        specifier="" if version is None else f"=={version}",
        extras=tuple(sorted(strings(fields.get("extras")))),
        marker=marker,
        source=context.source,
        line=line,
        url=url,
        groups=context.groups,
        scope=context.scope,
        hashes=hashes,
        editable=editable,
        raw=name if version is None else f"{name}=={version}",
        direct=context.direct,
        pinned=version,
        lock=context.lock,
        origin=origin,
        dependencies=tuple(dependencies or ()),
        lists_dependencies=dependencies is not None,
    )


def add_environments(
    builder: ParsedFilesBuilder,
    markers: object,
    path: str,
    line: int | None,
    kind: LimitKind = LimitKind.LOCK_ENVIRONMENTS,
) -> None:
    """Add the environments that a lock or a project is for, as a list of markers; one must hold."""
    found = strings(markers)
    try:
        normal = tuple(marker for text in found if (marker := normalize_marker(text)) is not None)
    except MalformedRequirement as error:
        builder.add_problem(path, line, "", str(error))
        return
    if normal:
        builder.add_limit(kind, " or ".join(found), path, line, markers=normal)


def read_dependency(entry: object, extra: str | None = None) -> LockedDependency:
    """Return the dependency in a table with name, marker, version and extras; conditional on `extra` if given.

    Raises MalformedRequirement.
    """
    marker = normalize_marker(get_in(entry, "marker"))
    if extra is not None:
        condition = f'extra == "{normalize_name(extra)}"'
        marker = normalize_marker(condition if marker is None else f"{condition} and ({marker})")
    extras = tuple(sorted(strings(get_in(entry, "extra")) or strings(get_in(entry, "extras"))))
    return LockedDependency(normalize_name(get_in(entry, "name")), marker, extras, string(get_in(entry, "version")))


def read_dependencies(entries: Iterable[object], extra: str | None = None) -> tuple[list[LockedDependency], list[str]]:
    """Return the dependencies that can be read, and a message for each of the others."""
    dependencies, messages = [], []
    for entry in entries:
        try:
            dependencies.append(read_dependency(entry, extra))
        except MalformedRequirement as error:
            messages.append(str(error))
    return dependencies, messages


def parse_dependencies(
    builder: ParsedFilesBuilder, texts: object, path: str, line: int | None
) -> list[LockedDependency]:
    """Return the dependencies in an array of PEP 508 texts; what is malformed becomes a problem."""
    dependencies = []
    for text in strings(texts):
        try:
            found = parse_requirement(text, RequirementContext(path), line)
        except MalformedRequirement as error:
            builder.add_problem(path, line, text, str(error))
        else:
            dependencies.append(LockedDependency(found.name, found.marker, found.extras))
    return dependencies


def file_hashes(files: object) -> tuple[str, ...]:
    """Return the hashes in an array of {file = …, hash = "sha256:…"}; a bare hexadecimal digest is a sha256."""
    found = []
    for item in files if isinstance(files, list) else []:
        value = item if isinstance(item, str) else string(get_in(item, "hash"))
        if value:
            found.append(value if ":" in value else f"sha256:{value}")
    return tuple(dict.fromkeys(found))


def archive_hashes(entries: Iterable[object]) -> tuple[str, ...]:
    """Return the hashes of wheels and sdists as uv (hash = "…") or PEP 751 (hashes = {sha256 = "…"}) writes them."""
    found = []
    for entry in entries:
        single = string(get_in(entry, "hash"))
        if single:
            found.append(single)
        several = table(get_in(entry, "hashes"))
        found.extend(f"{algorithm}:{digest}" for algorithm, digest in several.items() if isinstance(digest, str))
    return tuple(dict.fromkeys(found))


def is_too_dense(roots: int, graph: Mapping[_Node, Sequence[_Node]]) -> bool:
    """Return whether following so many groups or extras through the graph would take too long."""
    edges = sum(map(len, graph.values()))
    return edges > MAX_EDGES or roots * (len(graph) + edges) > MAX_CLOSURE_STEPS


def reachable(roots: Iterable[_Node], graph: Mapping[_Node, Iterable[_Node]]) -> frozenset[_Node]:
    """Return all nodes that the roots lead to, the roots included."""
    found: set[_Node] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(graph.get(name, ()))
    return frozenset(found)
