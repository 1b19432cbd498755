"""pylock.toml (PEP 751). packaging checks the document; its packages are read one by one, so a bad one stands alone."""

from __future__ import annotations

import re

from packaging.pylock import Pylock, PylockValidationError

from projects.domain.dependency_files.documents import TomlLines, array, dig, string, strings, table
from projects.domain.dependency_files.locked import Belonging, archive_hashes, locked, readable_edges, remote
from projects.domain.dependency_files.pep508 import Malformed, normal_marker
from projects.domain.dependency_files.report import Report
from projects.domain.dependency_files.values import Edge, Origin, Scope

_MEMBER = r"""['"](?P<name>[^'"]{1,200})['"] in (?P<set>dependency_groups|extras)"""
_FIRST = re.compile(rf"\(?{_MEMBER}")
_MORE = re.compile(rf" or {_MEMBER}")


def read_pylock(report: Report, document: dict[str, object], text: str, path: str) -> None:
    """Every package. A marker that begins with groups or extras becomes the package's own groups and the rest."""
    lines = TomlLines(text)
    try:
        Pylock.from_dict(document)
    except (PylockValidationError, ValueError, TypeError, RecursionError) as error:
        report.problem(path, None, "", f"not a valid pylock.toml: {error}")
    python = string(document.get("requires-python"))
    if python:
        report.hint("python", python, path, lines.key("", "requires-python"))
    packages = array(document.get("packages"))
    numbered = lines.entries("packages") == len(packages)
    defaults = set(strings(document.get("default-groups")))
    for position, package in enumerate(packages):
        line = lines.header("packages", position) if numbered else None
        fields = table(package)
        try:
            _read_package(report, fields, path, line, defaults)
        except Malformed as error:
            report.problem(path, line, string(fields.get("name")) or "", str(error))


def _read_package(report: Report, fields: dict[str, object], path: str, line: int | None, defaults: set[str]) -> None:
    marker, belonging = _split(normal_marker(fields.get("marker")), defaults)
    edges: list[Edge] | None = None
    if isinstance(fields.get("dependencies"), list):
        edges, messages = readable_edges(array(fields["dependencies"]))
        for message in messages:
            report.problem(path, line, string(fields.get("name")) or "", message)
    origin, url = _origin(fields)
    report.locked_index(fields.get("index"), path, line)
    files = [fields.get("sdist"), fields.get("archive"), *array(fields.get("wheels"))]
    report.require(
        locked(
            fields,
            path,
            line,
            belonging,
            origin=origin,
            url=url,
            marker=marker,
            hashes=archive_hashes(files),
            edges=None if edges is None else tuple(edges),
            editable=dig(fields, "directory", "editable") is True,
        )
    )


def _origin(fields: dict[str, object]) -> tuple[Origin, str | None]:
    vcs = table(fields.get("vcs"))
    if vcs:
        address = string(vcs.get("url")) or string(vcs.get("path")) or ""
        return remote(string(vcs.get("type")) or "git", address, string(vcs.get("commit-id")))
    directory = string(dig(fields, "directory", "path"))
    if directory is not None:
        return Origin.PATH, directory
    archive = table(fields.get("archive"))
    if archive:
        path = string(archive.get("path"))
        return (Origin.PATH, path) if path is not None else remote("url", string(archive.get("url")) or "", None)
    return Origin.INDEX, None


def _split(marker: str | None, defaults: set[str]) -> tuple[str | None, Belonging]:
    """A leading `"a" in dependency_groups or "b" in extras` apart from the environment's part; else all is kept."""
    found = None if marker is None else _FIRST.match(marker)
    if marker is None or found is None:
        return marker, Belonging()
    names, sets = [found["name"]], {found["set"]}
    end = found.end()
    while more := _MORE.match(marker, end):
        names.append(more["name"])
        sets.add(more["set"])
        end = more.end()
    opened = marker.startswith("(")
    if opened and not marker.startswith(")", end):
        return marker, Belonging()
    rest = marker[end + opened :]
    if rest and (not rest.startswith(" and ") or (len(names) > 1 and not opened) or " or " in _outside(rest)):
        return marker, Belonging()
    rest_marker = normal_marker(rest.removeprefix(" and ")) if rest else None
    if defaults.intersection(names):
        return rest_marker, Belonging()
    return rest_marker, Belonging(Scope.EXTRA if sets == {"extras"} else Scope.GROUP, tuple(names))


def _outside(text: str) -> str:
    """`text` without what stands in parentheses."""
    depth, kept = 0, []
    for char in text:
        depth += char == "("
        if not depth:
            kept.append(char)
        depth -= char == ")"
    return "".join(kept)
