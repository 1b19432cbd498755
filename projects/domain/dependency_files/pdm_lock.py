"""pdm.lock, versions 2 to 4.5: groups and markers since 4.4, files in the packages or under [metadata]."""

from __future__ import annotations

from dataclasses import replace

from packaging.utils import canonicalize_name

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.documents import array, get_in, string, strings, table
from projects.domain.dependency_files.line_numbers import TomlLineNumbers
from projects.domain.dependency_files.locked_packages import (
    file_hashes,
    lock_context,
    locked_package,
    parse_dependencies,
    read_packages,
)
from projects.domain.dependency_files.membership import fulfil_membership
from projects.domain.dependency_files.pep508 import RequirementContext, normalize_marker
from projects.domain.dependency_files.urls import remote_origin, version_control_origin
from projects.domain.dependency_files.values import LockRule, RequirementOrigin, RequirementScope


def read_pdm_lock(builder: ParsedFilesBuilder, document: dict[str, object], text: str, path: str) -> None:
    """Read every package; one that is required with extras has a second entry with them, as in the lock."""
    lines = TomlLineNumbers(text)
    for target in array(get_in(document, "metadata", "targets")):
        python = string(get_in(target, "requires_python")) or ""
        builder.add_hint("python", python, path, lines.text(python, "metadata.targets"))
    groups = strings(get_in(document, "metadata", "groups"))
    builder.add_choices(RequirementScope.GROUP, (group for group in groups if group != "default"))
    files = table(get_in(document, "metadata", "files"))
    # Only with this strategy a package has the whole condition on which it is installed.
    inherits = "inherit_metadata" in strings(get_in(document, "metadata", "strategy"))
    rule = LockRule.PACKAGES if inherits else LockRule.GRAPH

    def read(fields: dict[str, object], line: int | None) -> None:
        origin, url = _origin(fields)
        name_and_version = f"{string(fields.get('name'))} {string(fields.get('version'))}"
        builder.add_requirement(
            locked_package(
                fields,
                _context(fields, lock_context(path, rule)),
                line,
                origin=origin,
                url=url,
                marker=fulfil_membership(normalize_marker(fields.get("marker"))),
                hashes=file_hashes(fields.get("files") or files.get(name_and_version)),
                dependencies=parse_dependencies(builder, fields.get("dependencies"), path, line),
                editable=fields.get("editable") is True,
            )
        )

    read_packages(builder, array(document.get("package")), path, lines, "package", read)


def _context(fields: dict[str, object], context: RequirementContext) -> RequirementContext:
    # PDM 1 called them sections.
    groups = strings(fields.get("groups")) or strings(fields.get("sections"))
    if not groups or "default" in groups:
        return context
    names = tuple(canonicalize_name(group[:120]) for group in groups)
    return replace(context, scope=RequirementScope.GROUP, groups=names)


def _origin(fields: dict[str, object]) -> tuple[RequirementOrigin, str | None]:
    found = version_control_origin(fields, "revision", "ref")
    if found is not None:
        return found
    for kind in ("path", "url"):
        address = string(fields.get(kind))
        if address is not None:
            return remote_origin(kind, address)
    return RequirementOrigin.INDEX, None
