"""Pipfile and Pipfile.lock of Pipenv."""

from __future__ import annotations

from dataclasses import replace

from projects.domain.dependency_files.documents import TomlLines, dig, string, strings, table
from projects.domain.dependency_files.index_tables import read_pipfile_sources
from projects.domain.dependency_files.json_lines import JsonLines
from projects.domain.dependency_files.pep508 import (
    Malformed,
    Place,
    normal_marker,
    normal_name,
    normal_specifier,
    pin_of,
)
from projects.domain.dependency_files.report import Report
from projects.domain.dependency_files.urls import origin_of, point
from projects.domain.dependency_files.values import Origin, ParsedRequirement, Scope

_OTHER_TABLES = {"source", "requires", "scripts", "pipenv", "pipfile", "build-system"}
# Keys of a Pipfile entry that are markers of their own: sys_platform = "== 'win32'".
_MARKER_KEYS = (
    "os_name",
    "sys_platform",
    "platform_machine",
    "platform_python_implementation",
    "platform_release",
    "platform_system",
    "platform_version",
    "python_version",
    "python_full_version",
    "implementation_name",
    "implementation_version",
)


def read_pipfile(report: Report, document: dict[str, object], text: str, path: str) -> None:
    """packages (main), dev-packages (group "dev") and every other category (a group of its name)."""
    lines = TomlLines(text)
    searched = dig(document, "pipenv", "install_search_all_sources") is True
    read_pipfile_sources(report, document.get("source"), path, lines, searched=searched)
    _read_python(report, document.get("requires"), path)
    for section, content in document.items():
        if section not in _OTHER_TABLES:
            read_section(report, content, _place(path, section), section, lines)


def read_section(report: Report, value: object, place: Place, header: str, lines: TomlLines) -> None:
    """One table of name = "version" or name = {version = …, extras = …, markers = …, git = …}."""
    for name, content in table(value).items():
        _read_entry(report, name, content, place, lines.key(header, name))


def read_pipfile_lock(report: Report, document: dict[str, object], text: str, path: str) -> None:
    """Every locked package; the lock does not say which were asked for, nor who asks for whom."""
    lines = JsonLines(text)
    meta = table(document.get("_meta"))
    read_pipfile_sources(report, meta.get("sources"), path, None, searched=False)
    _read_python(report, meta.get("requires"), path)
    for section, content in document.items():
        if section == "_meta":
            continue
        place = replace(_place(path, section), locked=True, direct=None)
        for name, fields in table(content).items():
            _read_entry(report, name, fields, place, lines.key(name))


def _place(path: str, section: str) -> Place:
    if section in {"packages", "default"}:
        return Place(path)
    return Place(path, Scope.GROUP, ("dev" if section in {"dev-packages", "develop"} else section[:120],))


def _read_python(report: Report, requires: object, path: str) -> None:
    for key in ("python_full_version", "python_version"):
        version = string(dig(requires, key))
        if version:
            report.hint("python", version, path)
            break


def _read_entry(report: Report, name: str, content: object, place: Place, line: int | None) -> None:
    try:
        report.require(_entry(name, content, place, line))
    except Malformed as error:
        report.problem(place.source, line, name, str(error))


def _entry(name: str, content: object, place: Place, line: int | None) -> ParsedRequirement:
    fields: dict[str, object] = {"version": content} if isinstance(content, str) else table(content)
    if not fields and not isinstance(content, dict):
        raise Malformed("an entry is a version or a table")
    origin, url = _origin(fields)
    version = fields.get("version", "")
    specifier = normal_specifier(f"=={version}" if isinstance(version, str) and version[:1].isdigit() else version)
    pointer = None if url is None or origin is Origin.VCS else point(url)
    hashes = fields.get("hashes")
    return ParsedRequirement(
        name=normal_name(name),
        specifier=specifier,
        extras=tuple(sorted(strings(fields.get("extras")))),
        marker=_marker(fields),
        source=place.source,
        line=line,
        url=url,
        groups=place.groups,
        scope=place.scope,
        hashes=tuple(value.lower() for value in (strings(hashes) or strings([fields.get("hash")]))),
        editable=fields.get("editable") is True,
        raw=f"{name} = {version or url or '*'}",
        direct=place.direct,
        locked=place.locked,
        pinned=pin_of(specifier),
        origin=origin,
        url_version=None if pointer is None else pointer.version,
    )


def _origin(fields: dict[str, object]) -> tuple[Origin, str | None]:
    for system in ("git", "hg", "svn", "bzr"):
        address = string(fields.get(system))
        if address is not None:
            ref = string(fields.get("ref"))
            prefix = "" if address.startswith(f"{system}+") else f"{system}+"
            return Origin.VCS, f"{prefix}{address}{'@' + ref if ref else ''}"
    path = string(fields.get("path"))
    if path is not None:
        return Origin.PATH, path
    file = string(fields.get("file")) or string(fields.get("url"))
    if file is None:
        return Origin.INDEX, None
    return (origin_of(file) if "://" in file else Origin.PATH), file


def _marker(fields: dict[str, object]) -> str | None:
    parts = [normal_marker(fields.get("markers"))]
    for key in _MARKER_KEYS:
        value = string(fields.get(key))
        if value is not None:
            parts.append(normal_marker(f"{key} {value}"))
    given = [part for part in parts if part is not None]
    if len(given) == 1:
        return given[0]
    return normal_marker(" and ".join(f"({part})" for part in given)) if given else None
