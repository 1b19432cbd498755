"""uv.lock: the closure of a workspace with its dependencies. A fork locks several versions of a name, by marker."""

from __future__ import annotations

from msgspec.structs import replace

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.conflicting_choices import read_conflicts
from projects.domain.dependency_files.documents import array, get_in, string, strings, table
from projects.domain.dependency_files.limits import MAX_GROUPS
from projects.domain.dependency_files.line_numbers import TomlLineNumbers
from projects.domain.dependency_files.locked_packages import (
    add_environments,
    archive_hashes,
    lock_context,
    locked_package,
    read_packages,
)
from projects.domain.dependency_files.membership import fulfil_membership
from projects.domain.dependency_files.pep508 import RequirementContext, any_of, parse_into
from projects.domain.dependency_files.target_limits import LimitKind
from projects.domain.dependency_files.urls import remote_origin
from projects.domain.dependency_files.uv_memberships import UvMemberships, edges_of, roots_of
from projects.domain.dependency_files.values import LockRule, RequirementOrigin, RequirementScope

_OWN = ("virtual", "editable")


def read_uv_lock(builder: ParsedFilesBuilder, document: dict[str, object], text: str, path: str) -> None:
    """Read every package but the workspace's own; what only its extras or groups reach has their names."""
    lines = TomlLineNumbers(text)
    packages = [table(package) for package in array(document.get("package"))]
    builder.add_python(document.get("requires-python"), path, lines.key("", "requires-python"), LimitKind.LOCK_PYTHON)
    add_environments(builder, document.get("supported-markers"), path, lines.key("", "supported-markers"))
    _read_manifest(builder, table(document.get("manifest")), path, lines)
    builder.add_conflicts(read_conflicts(document.get("conflicts")))
    members = set(strings(get_in(document, "manifest", "members")))
    own = [package for package in packages if _is_own(package, members)]
    for package in own:
        builder.add_project_name(package.get("name"))
        builder.add_choices(RequirementScope.EXTRA, strings(get_in(package, "metadata", "provides-extras")))
        builder.add_choices(RequirementScope.GROUP, table(get_in(package, "metadata", "requires-dev")))
    roots = roots_of(document, own)
    if len({(root.scope, root.group) for root in roots}) > MAX_GROUPS:
        builder.add_problem(path, None, "", f"more than {MAX_GROUPS} groups and extras: all of them count as required")
        memberships = UvMemberships([], packages)
    else:
        memberships = UvMemberships(roots, packages)
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
    memberships: UvMemberships,
) -> None:
    edges, messages = edges_of(package)
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
