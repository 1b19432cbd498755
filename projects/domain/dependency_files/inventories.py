"""Inventories of installed packages in JSON: CycloneDX bills of materials and `pip inspect`. Both are closures."""

from __future__ import annotations

import re
from urllib.parse import unquote

from msgspec.structs import replace
from packaging.utils import NormalizedName, canonicalize_name

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.documents import array, get_in, string, strings, table
from projects.domain.dependency_files.line_numbers import JsonLineNumbers
from projects.domain.dependency_files.locked_packages import lock_context, locked_package, parse_dependencies
from projects.domain.dependency_files.pep508 import MalformedRequirement
from projects.domain.dependency_files.urls import remote_origin
from projects.domain.dependency_files.values import LockedDependency, LockRule, RequirementOrigin

# A package URL: pkg:pypi/name@version?qualifiers#subpath; a namespace does not exist for Python packages.
_PURL = re.compile(
    r"pkg:/{0,2}pypi/(?P<name>[^@?#/]{1,300})(?:@(?P<version>[^?#]{0,300}))?(?:\?(?P<rest>[^#]{0,4000}))?"
)


def read_cyclonedx(builder: ParsedFilesBuilder, document: dict[str, object], text: str, path: str) -> None:
    """Read every component with a pkg:pypi package URL, nested ones too; one problem counts the others."""
    lines = JsonLineNumbers(text)
    names: dict[str, NormalizedName] = {}
    without = 0
    start = len(builder.requirements)
    references: list[str] = []
    waiting = list(reversed(array(document.get("components"))))
    while waiting:
        component = table(waiting.pop())
        waiting.extend(reversed(array(component.get("components"))))
        purl = string(component.get("purl"))
        found = None if purl is None else _PURL.match(purl)
        if purl is None or found is None:
            without += 1
            continue
        line = lines.text(purl)
        fields: dict[str, object] = {"name": unquote(found["name"]), "version": None}
        if found["version"]:
            fields["version"] = unquote(found["version"])
        origin, url = _from_qualifiers(found["rest"] or "")
        try:
            requirement = locked_package(fields, lock_context(path, LockRule.LINES), line, origin=origin, url=url)
        except MalformedRequirement as error:
            builder.add_unread(path, line, purl, str(error))
            continue
        builder.add_requirement(requirement)
        reference = string(component.get("bom-ref")) or purl
        references.append(reference)
        names[reference] = requirement.name
    if without:
        builder.add_problem(path, None, "", f"{without} components are not packages of a Python index: not judged")
    _add_graph(builder, document, start, references, names)


def _from_qualifiers(rest: str) -> tuple[RequirementOrigin, str | None]:
    for part in rest.split("&"):
        key, _, value = part.partition("=")
        if key == "vcs_url":
            return RequirementOrigin.VCS, unquote(value)
        if key in {"download_url", "file_name"} and "://" in unquote(value):
            return remote_origin("url", unquote(value))
    return RequirementOrigin.INDEX, None


def _add_graph(
    builder: ParsedFilesBuilder,
    document: dict[str, object],
    start: int,
    references: list[str],
    names: dict[str, NormalizedName],
) -> None:
    graph: dict[str, list[str]] = {}
    for entry in array(document.get("dependencies")):
        reference = string(get_in(entry, "ref"))
        if reference is not None:
            graph.setdefault(reference, []).extend(strings(get_in(entry, "dependsOn")))
    root = string(get_in(document, "metadata", "component", "bom-ref"))
    direct = set(graph[root]) if root is not None and root in graph else None
    # Several components may share a name, so references identify them.
    edges = {
        reference: tuple(
            LockedDependency(name) for name in dict.fromkeys(names[target] for target in targets if target in names)
        )
        for reference, targets in graph.items()
    }
    for position, reference in enumerate(references, start=start):
        if position >= len(builder.requirements):
            break
        builder.requirements[position] = replace(
            builder.requirements[position],
            # References are unique; of components that share one, only the first gets the edges.
            dependencies=edges.pop(reference, ()),
            lists_dependencies=reference in graph,
            direct=None if direct is None else reference in direct,
        )


def read_pip_inspect(builder: ParsedFilesBuilder, document: dict[str, object], text: str, path: str) -> None:
    """Read every installed distribution; `direct` is pip's `requested`, dependencies are its Requires-Dist."""
    lines = JsonLineNumbers(text)
    python = get_in(document, "environment", "python_full_version")
    builder.add_hint("python", python, path, lines.key("python_full_version"))
    # `pip install --report` has the same entries under "install".
    for entry in array(document.get("installed")) or array(document.get("install")):
        metadata = table(get_in(entry, "metadata"))
        name = string(metadata.get("name"))
        line = None if name is None else lines.text(name)
        requested = get_in(entry, "requested")
        origin, url = _direct_url(get_in(entry, "direct_url"))
        try:
            requirement = locked_package(
                {"name": name, "version": metadata.get("version"), "extras": get_in(entry, "requested_extras")},
                replace(lock_context(path, LockRule.LINES), direct=requested if isinstance(requested, bool) else None),
                line,
                origin=origin,
                url=url,
                dependencies=parse_dependencies(builder, metadata.get("requires_dist"), path, line),
                editable=get_in(entry, "direct_url", "dir_info", "editable") is True,
            )
        except MalformedRequirement as error:
            builder.add_unread(path, line, canonicalize_name(name[:120]) if name else "", str(error))
        else:
            builder.add_requirement(requirement)


def _direct_url(value: object) -> tuple[RequirementOrigin, str | None]:
    url = string(get_in(value, "url"))
    if url is None:
        return RequirementOrigin.INDEX, None
    vcs = string(get_in(value, "vcs_info", "vcs"))
    if vcs is not None:
        return remote_origin(vcs, url, string(get_in(value, "vcs_info", "commit_id")))
    return remote_origin("directory" if get_in(value, "dir_info") is not None else "url", url)
