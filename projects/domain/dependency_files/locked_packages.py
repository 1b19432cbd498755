"""What the lock formats share: a locked package from its parts, its edges, and who is reached from the roots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from packaging.utils import NormalizedName

from projects.domain.dependency_files.documents import get_in, string, strings
from projects.domain.dependency_files.pep508 import (
    MalformedRequirement,
    normalize_marker,
    normalize_name,
    normalize_version,
)
from projects.domain.dependency_files.urls import origin_of
from projects.domain.dependency_files.values import (
    LockedDependency,
    ParsedRequirement,
    RequirementOrigin,
    RequirementScope,
)


@dataclass(frozen=True, slots=True)
class Belonging:
    """On whose behalf a locked package is there."""

    scope: RequirementScope = RequirementScope.MAIN
    groups: tuple[str, ...] = ()
    direct: bool | None = None


def locked(
    fields: Mapping[str, object],
    path: str,
    line: int | None,
    belonging: Belonging,
    *,
    origin: RequirementOrigin = RequirementOrigin.INDEX,
    url: str | None = None,
    marker: str | None = None,
    hashes: tuple[str, ...] = (),
    edges: tuple[LockedDependency, ...] | None = None,
    editable: bool = False,
) -> ParsedRequirement:
    """A package with `name`, `version` (may be absent) and `extras` from `fields`. Raises MalformedRequirement."""
    version = None if fields.get("version") is None else normalize_version(fields["version"])
    name = normalize_name(fields.get("name"))
    return ParsedRequirement(
        name=name,
        specifier="" if version is None else f"=={version}",
        extras=tuple(sorted(strings(fields.get("extras")))),
        marker=marker,
        source=path,
        line=line,
        url=url,
        groups=belonging.groups,
        scope=belonging.scope,
        hashes=hashes,
        editable=editable,
        raw=name if version is None else f"{name}=={version}",
        direct=belonging.direct,
        pinned=version,
        locked=True,
        origin=origin,
        dependencies=edges or (),
        lists_dependencies=edges is not None,
    )


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
    """The edges that can be read, and a message for each that cannot."""
    edges, messages = [], []
    for entry in entries:
        try:
            edges.append(read_dependency(entry, extra))
        except MalformedRequirement as error:
            messages.append(str(error))
    return edges, messages


def file_hashes(files: object) -> tuple[str, ...]:
    """The hashes in a list of {file = …, hash = "sha256:…"}; a bare hexadecimal digest is a sha256."""
    found = []
    for item in files if isinstance(files, list) else []:
        value = item if isinstance(item, str) else string(get_in(item, "hash"))
        if value:
            found.append(value if ":" in value else f"sha256:{value}")
    return tuple(dict.fromkeys(found))


def archive_hashes(entries: Iterable[object]) -> tuple[str, ...]:
    """The hashes of wheels and sdists in uv's form (hash = "…") or PEP 751's (hashes = {sha256 = "…"})."""
    found = []
    for entry in entries:
        single = string(get_in(entry, "hash"))
        if single:
            found.append(single)
        several = get_in(entry, "hashes")
        if isinstance(several, dict):
            found.extend(f"{algorithm}:{digest}" for algorithm, digest in several.items() if isinstance(digest, str))
    return tuple(dict.fromkeys(found))


def remote_origin(kind: str, address: str, ref: str | None) -> tuple[RequirementOrigin, str]:
    """Origin and URL of a package that its lock takes from elsewhere; `kind` is a lock's own word for it."""
    if kind in {"git", "hg", "svn", "bzr"}:
        prefix = "" if address.startswith(f"{kind}+") else f"{kind}+"
        return (
            RequirementOrigin.VCS,
            f"{prefix}{address}{'@' + ref if ref and '@' not in address.rpartition('/')[2] else ''}",
        )
    if kind in {"path", "file", "directory", "editable", "virtual"}:
        return RequirementOrigin.PATH, address
    return origin_of(address), address


def reachable(
    roots: Iterable[NormalizedName], edges: Mapping[NormalizedName, Iterable[NormalizedName]]
) -> frozenset[NormalizedName]:
    """All names that the roots lead to, the roots included."""
    found: set[NormalizedName] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(edges.get(name, ()))
    return frozenset(found)
