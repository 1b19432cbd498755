"""pdm.lock, versions 2 to 4.5: groups and markers since 4.4, files beside the packages or under [metadata]."""

from __future__ import annotations

from packaging.utils import canonicalize_name

from projects.domain.dependency_files.documents import TomlLines, array, dig, string, strings, table
from projects.domain.dependency_files.locked import Belonging, file_hashes, locked, remote
from projects.domain.dependency_files.pep508 import Malformed, Place, normal_marker, parse
from projects.domain.dependency_files.report import Report
from projects.domain.dependency_files.values import Edge, Origin, Scope


def read_pdm_lock(report: Report, document: dict[str, object], text: str, path: str) -> None:
    """Every package; one asked for with extras stands twice, once with them, as the lock has it."""
    lines = TomlLines(text)
    packages = array(document.get("package"))
    numbered = lines.entries("package") == len(packages)
    for target in array(dig(document, "metadata", "targets")):
        python = string(dig(target, "requires_python"))
        if python:
            report.hint("python", python, path, lines.text(python, "metadata.targets"))
    files = table(dig(document, "metadata", "files"))
    for position, package in enumerate(packages):
        line = lines.header("package", position) if numbered else None
        fields = table(package)
        try:
            _read_package(report, fields, path, line, files)
        except Malformed as error:
            report.problem(path, line, string(fields.get("name")) or "", str(error))


def _read_package(
    report: Report, fields: dict[str, object], path: str, line: int | None, files: dict[str, object]
) -> None:
    edges = []
    for text in strings(fields.get("dependencies")):
        try:
            found = parse(text, Place(path), line)
        except Malformed as error:
            report.problem(path, line, text, str(error))
        else:
            edges.append(Edge(found.name, found.marker, found.extras))
    groups = strings(fields.get("groups"))
    name, version = string(fields.get("name")), string(fields.get("version"))
    main = not groups or "default" in groups
    belonging = (
        Belonging() if main else Belonging(Scope.GROUP, tuple(canonicalize_name(group[:120]) for group in groups))
    )
    origin, url = _origin(fields)
    report.require(
        locked(
            fields,
            path,
            line,
            belonging,
            origin=origin,
            url=url,
            marker=normal_marker(fields.get("marker")),
            hashes=file_hashes(fields.get("files") or files.get(f"{name} {version}")),
            edges=tuple(edges),
            editable=fields.get("editable") is True,
        )
    )


def _origin(fields: dict[str, object]) -> tuple[Origin, str | None]:
    for kind in ("git", "hg", "svn", "bzr", "path", "url"):
        address = string(fields.get(kind))
        if address is not None:
            return remote(kind, address, string(fields.get("revision")) or string(fields.get("ref")))
    return Origin.INDEX, None
