"""poetry.lock from 0.x to 2.1: hashes, markers, categories and groups have moved between versions."""

from __future__ import annotations

import re
from dataclasses import replace

from packaging.utils import NormalizedName, canonicalize_name

from projects.domain.dependency_files.documents import TomlLines, array, dig, string, strings, table
from projects.domain.dependency_files.limits import MAX_GROUPS
from projects.domain.dependency_files.locked import Belonging, file_hashes, locked, reached, remote
from projects.domain.dependency_files.pep508 import Malformed, normal_marker, normal_name
from projects.domain.dependency_files.poetry_versions import python_marker
from projects.domain.dependency_files.report import Report
from projects.domain.dependency_files.values import Edge, Origin, Scope

_MAX_EXTRAS_OF_EDGE = 50


def read_poetry_lock(report: Report, document: dict[str, object], text: str, path: str) -> None:
    """Every package; one whose marker differs between groups comes once for each marker, with its groups."""
    lines = TomlLines(text)
    packages = array(document.get("package"))
    numbered = lines.entries("package") == len(packages)
    python = string(dig(document, "metadata", "python-versions"))
    if python:
        report.hint("python", python, path, lines.key("metadata", "python-versions"))
    hashes: dict[str, object] = {canonicalize_name(name): value for name, value in _metadata_hashes(document).items()}
    for position, package in enumerate(packages):
        line = lines.header("package", position) if numbered else None
        fields = table(package)
        try:
            _read_package(report, fields, path, line, hashes)
        except Malformed as error:
            report.problem(path, line, string(fields.get("name")) or "", str(error))
    _name_extras(report, table(document.get("extras")), path)


def _name_extras(report: Report, extras: dict[str, object], path: str) -> None:
    """Give each optional package the extras that reach it; the lock lists only what each extra begins with."""
    mine = [number for number, found in enumerate(report.requirements) if found.source == path and found.locked]
    graph: dict[NormalizedName, list[NormalizedName]] = {}
    for number in mine:
        found = report.requirements[number]
        graph.setdefault(found.name, []).extend(edge.name for edge in found.dependencies)
    if len(extras) > MAX_GROUPS:
        report.problem(path, None, "", f"more than {MAX_GROUPS} extras: what they bring is not followed")
        return
    reach = {
        canonicalize_name(extra[:120]): reached([canonicalize_name(name[:120]) for name in strings(names)], graph)
        for extra, names in extras.items()
    }
    for number in mine:
        found = report.requirements[number]
        if found.scope is Scope.EXTRA:
            groups = tuple(sorted(extra for extra, names in reach.items() if found.name in names))
            report.requirements[number] = replace(found, groups=groups)


def _metadata_hashes(document: dict[str, object]) -> dict[str, object]:
    return {**table(dig(document, "metadata", "hashes")), **table(dig(document, "metadata", "files"))}


def _read_package(
    report: Report, fields: dict[str, object], path: str, line: int | None, hashes: dict[str, object]
) -> None:
    name = normal_name(fields.get("name"))
    origin, url = _origin(fields)
    if dig(fields, "source", "type") == "legacy":
        report.locked_index(dig(fields, "source", "url"), path, line)
    edges = _edges(report, fields, path, line)
    for marker, belonging in _belongings(fields):
        report.require(
            locked(
                fields,
                path,
                line,
                belonging,
                origin=origin,
                url=url,
                marker=marker,
                hashes=file_hashes(fields.get("files") or hashes.get(name)),
                edges=edges,
                editable=fields.get("develop") is True,
            )
        )


def _origin(fields: dict[str, object]) -> tuple[Origin, str | None]:
    source = table(fields.get("source"))
    kind, address = string(source.get("type")), string(source.get("url"))
    # "legacy" is a package index of another name than the default one.
    if address is None or kind in {None, "legacy"}:
        return Origin.INDEX, None
    return remote(kind or "", address, string(source.get("resolved_reference")) or string(source.get("reference")))


def _belongings(fields: dict[str, object]) -> list[tuple[str | None, Belonging]]:
    groups = strings(fields.get("groups")) or [string(fields.get("category")) or "main"]
    optional = fields.get("optional") is True
    markers = fields.get("markers", fields.get("marker"))
    if not isinstance(markers, dict):
        return [(normal_marker(markers), _belonging(tuple(groups), optional))]
    by_marker: dict[str | None, list[str]] = {}
    for group in groups:
        by_marker.setdefault(normal_marker(markers.get(group)), []).append(group)
    return [(marker, _belonging(tuple(names), optional)) for marker, names in by_marker.items()]


def _belonging(groups: tuple[str, ...], optional: bool) -> Belonging:
    # An optional package is there for an extra; which one stands in the manifest and in [extras].
    if "main" in groups:
        return Belonging(Scope.EXTRA, ()) if optional else Belonging()
    return Belonging(Scope.GROUP, groups)


def _edges(report: Report, fields: dict[str, object], path: str, line: int | None) -> tuple[Edge, ...]:
    extras = _extra_of(fields)
    edges: list[Edge] = []
    for name, content in table(fields.get("dependencies")).items():
        for entry in content if isinstance(content, list) else [content]:
            try:
                edges.append(_edge(name, entry, extras))
            except Malformed as error:
                report.problem(path, line, name, str(error))
    return tuple(edges)


def _edge(name: str, entry: object, extras: dict[str, list[str]]) -> Edge:
    package = normal_name(name)
    marker = normal_marker(dig(entry, "markers"))
    python = string(dig(entry, "python"))
    if python is not None and (condition := python_marker(python)):
        marker = condition if marker is None else f"({marker}) and ({condition})"
    if dig(entry, "optional") is True and "extra ==" not in (marker or "") and package in extras:
        behind = " or ".join(f'extra == "{extra}"' for extra in extras[package])
        marker = behind if marker is None else f"({marker}) and ({behind})"
    return Edge(package, normal_marker(marker), tuple(sorted(strings(dig(entry, "extras")))))


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
