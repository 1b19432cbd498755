"""pyproject.toml by the standards: [project] (PEP 621), [dependency-groups] (PEP 735), [build-system] (PEP 518)."""

from __future__ import annotations

from collections.abc import Callable

from packaging.utils import canonicalize_name

from projects.domain.dependency_files.dependency_groups import included_by
from projects.domain.dependency_files.documents import TomlLines, array, dig, string, strings, table
from projects.domain.dependency_files.pep508 import Place, require_text
from projects.domain.dependency_files.poetry import read_poetry
from projects.domain.dependency_files.pyproject_tools import apply_uv_sources, read_flit, read_hatch, read_pdm, read_uv
from projects.domain.dependency_files.report import Report
from projects.domain.dependency_files.values import Scope

_COMPUTED = "dynamic: computed while the package is built, so it cannot be read without running code"

# (path as written, line, place of what it holds)
IncludeFile = Callable[[str, int | None, Place], None]


def read_pyproject(report: Report, document: dict[str, object], text: str, path: str, include: IncludeFile) -> None:
    """Read every table that states requirements; never raises."""
    lines = TomlLines(text)
    start = len(report.requirements)
    project = table(document.get("project"))
    _read_project(report, project, path, lines)
    _read_groups(report, table(document.get("dependency-groups")), path, lines)
    _read_build(report, table(document.get("build-system")), path, lines)
    tool = table(document.get("tool"))
    if "poetry" in tool:
        read_poetry(report, table(tool["poetry"]), path, lines)
    read_pdm(report, table(tool.get("pdm")), path, lines)
    read_hatch(report, table(tool.get("hatch")), path, lines)
    read_flit(report, table(tool.get("flit")), path, lines)
    read_uv(report, table(tool.get("uv")), path, lines)
    apply_uv_sources(report, table(dig(tool, "uv", "sources")), start)
    _read_dynamic(report, document, path, lines, include)


def _read_project(report: Report, project: dict[str, object], path: str, lines: TomlLines) -> None:
    report.own(project.get("name"))
    python = string(project.get("requires-python"))
    if python:
        report.hint("python", python, path, lines.key("project", "requires-python"))
    _read_list(report, project.get("dependencies"), Place(path), lines, ("project", "dependencies"))
    for extra, content in table(project.get("optional-dependencies")).items():
        place = Place(path, Scope.EXTRA, (canonicalize_name(extra[:120]),))
        _read_list(report, content, place, lines, ("project.optional-dependencies", extra))


def _read_list(report: Report, value: object, place: Place, lines: TomlLines, at: tuple[str, str]) -> None:
    header, key = at
    if value is not None and not isinstance(value, list):
        report.problem(place.source, lines.key(header, key), key, "must be an array of requirements")
    for item in array(value):
        line = lines.text(item, header, key) if isinstance(item, str) else lines.key(header, key)
        require_text(report, item, place, line)


def _read_groups(report: Report, groups: dict[str, object], path: str, lines: TomlLines) -> None:
    """Each requirement once, with its own group first and then those that include it."""
    including = included_by(report, groups, path, lines)
    for group, content in groups.items():
        name = canonicalize_name(group[:120])
        line = lines.key("dependency-groups", group)
        if not isinstance(content, list):
            report.problem(path, line, group, "a dependency group must be an array")
        place = Place(path, Scope.GROUP, (name, *including.get(name, ())))
        for member in array(content):
            if not isinstance(member, dict):
                at = lines.text(member, "dependency-groups", group) if isinstance(member, str) else line
                require_text(report, member, place, at)


def _read_build(report: Report, build: dict[str, object], path: str, lines: TomlLines) -> None:
    place = Place(path, Scope.BUILD, ("build-system",))
    _read_list(report, build.get("requires"), place, lines, ("build-system", "requires"))


def _read_dynamic(
    report: Report, document: dict[str, object], path: str, lines: TomlLines, include: IncludeFile
) -> None:
    """setuptools may name the files that hold dynamic dependencies; any other way needs the build itself."""
    dynamic = set(strings(dig(document, "project", "dynamic")))
    line = lines.key("project", "dynamic")
    table_name = "tool.setuptools.dynamic"
    settings = table(dig(document, "tool", "setuptools", "dynamic"))
    if "dependencies" in dynamic:
        files = _files(settings.get("dependencies"))
        for file in files:
            include(file, lines.key(table_name, "dependencies"), Place(path))
        if not files and "poetry" not in table(document.get("tool")):
            report.problem(path, line, "dependencies", _COMPUTED)
    if "optional-dependencies" in dynamic:
        extras = table(settings.get("optional-dependencies"))
        for extra, content in extras.items():
            place = Place(path, Scope.EXTRA, (canonicalize_name(extra[:120]),))
            for file in _files(content):
                include(file, lines.key(table_name, "optional-dependencies"), place)
        if not extras and "poetry" not in table(document.get("tool")):
            report.problem(path, line, "optional-dependencies", _COMPUTED)


def _files(value: object) -> list[str]:
    file = dig(value, "file")
    return [file] if isinstance(file, str) else strings(file)
