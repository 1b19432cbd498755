"""pyproject.toml by the standards: [project] (PEP 621), [dependency-groups] (PEP 735), [build-system] (PEP 518)."""

from __future__ import annotations

from collections.abc import Callable

from packaging.utils import canonicalize_name

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.dependency_groups import included_by
from projects.domain.dependency_files.documents import array, get_in, string, strings, table
from projects.domain.dependency_files.line_numbers import TomlLineNumbers
from projects.domain.dependency_files.pep508 import RequirementContext, parse_into
from projects.domain.dependency_files.poetry import read_poetry
from projects.domain.dependency_files.pyproject_tools import apply_uv_sources, read_flit, read_hatch, read_pdm, read_uv
from projects.domain.dependency_files.values import RequirementScope

_COMPUTED = "dynamic: computed while the package is built, so it cannot be read without running code"

# (path as written, line, place of what it holds)
IncludeFile = Callable[[str, int | None, RequirementContext], None]


def read_pyproject(
    builder: ParsedFilesBuilder, document: dict[str, object], text: str, path: str, include: IncludeFile
) -> None:
    """Read every table that states requirements; never raises."""
    lines = TomlLineNumbers(text)
    start = len(builder.requirements)
    project = table(document.get("project"))
    _read_project(builder, project, path, lines)
    _read_groups(builder, table(document.get("dependency-groups")), path, lines)
    _read_build(builder, table(document.get("build-system")), path, lines)
    tool = table(document.get("tool"))
    if "poetry" in tool:
        read_poetry(builder, table(tool["poetry"]), path, lines)
    read_pdm(builder, table(tool.get("pdm")), path, lines)
    read_hatch(builder, table(tool.get("hatch")), path, lines)
    read_flit(builder, table(tool.get("flit")), path, lines)
    read_uv(builder, table(tool.get("uv")), path, lines)
    apply_uv_sources(builder, table(get_in(tool, "uv", "sources")), start)
    _read_dynamic(builder, document, path, lines, include)


def _read_project(builder: ParsedFilesBuilder, project: dict[str, object], path: str, lines: TomlLineNumbers) -> None:
    builder.add_project_name(project.get("name"))
    python = string(project.get("requires-python"))
    if python:
        builder.add_hint("python", python, path, lines.key("project", "requires-python"))
    _read_list(builder, project.get("dependencies"), RequirementContext(path), lines, ("project", "dependencies"))
    for extra, content in table(project.get("optional-dependencies")).items():
        context = RequirementContext(path, RequirementScope.EXTRA, (canonicalize_name(extra[:120]),))
        _read_list(builder, content, context, lines, ("project.optional-dependencies", extra))


def _read_list(
    builder: ParsedFilesBuilder, value: object, context: RequirementContext, lines: TomlLineNumbers, at: tuple[str, str]
) -> None:
    header, key = at
    if value is not None and not isinstance(value, list):
        builder.add_problem(context.source, lines.key(header, key), key, "must be an array of requirements")
    for item in array(value):
        line = lines.text(item, header, key) if isinstance(item, str) else lines.key(header, key)
        parse_into(builder, item, context, line)


def _read_groups(builder: ParsedFilesBuilder, groups: dict[str, object], path: str, lines: TomlLineNumbers) -> None:
    """Each requirement once, with its own group first and then those that include it."""
    including = included_by(builder, groups, path, lines)
    for group, content in groups.items():
        name = canonicalize_name(group[:120])
        line = lines.key("dependency-groups", group)
        if not isinstance(content, list):
            builder.add_problem(path, line, group, "a dependency group must be an array")
        context = RequirementContext(path, RequirementScope.GROUP, (name, *including.get(name, ())))
        for member in array(content):
            if not isinstance(member, dict):
                at = lines.text(member, "dependency-groups", group) if isinstance(member, str) else line
                parse_into(builder, member, context, at)


def _read_build(builder: ParsedFilesBuilder, build: dict[str, object], path: str, lines: TomlLineNumbers) -> None:
    context = RequirementContext(path, RequirementScope.BUILD, ("build-system",))
    _read_list(builder, build.get("requires"), context, lines, ("build-system", "requires"))


def _read_dynamic(
    builder: ParsedFilesBuilder, document: dict[str, object], path: str, lines: TomlLineNumbers, include: IncludeFile
) -> None:
    """setuptools may name the files that hold dynamic dependencies; any other way needs the build itself."""
    dynamic = set(strings(get_in(document, "project", "dynamic")))
    line = lines.key("project", "dynamic")
    table_name = "tool.setuptools.dynamic"
    settings = table(get_in(document, "tool", "setuptools", "dynamic"))
    if "dependencies" in dynamic:
        files = _files(settings.get("dependencies"))
        for file in files:
            include(file, lines.key(table_name, "dependencies"), RequirementContext(path))
        if not files and "poetry" not in table(document.get("tool")):
            builder.add_problem(path, line, "dependencies", _COMPUTED)
    if "optional-dependencies" in dynamic:
        extras = table(settings.get("optional-dependencies"))
        for extra, content in extras.items():
            context = RequirementContext(path, RequirementScope.EXTRA, (canonicalize_name(extra[:120]),))
            for file in _files(content):
                include(file, lines.key(table_name, "optional-dependencies"), context)
        if not extras and "poetry" not in table(document.get("tool")):
            builder.add_problem(path, line, "optional-dependencies", _COMPUTED)


def _files(value: object) -> list[str]:
    file = get_in(value, "file")
    return [file] if isinstance(file, str) else strings(file)
