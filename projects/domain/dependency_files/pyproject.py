"""pyproject.toml by the standards: [project] (PEP 621), [dependency-groups] (PEP 735), [build-system] (PEP 518)."""

from __future__ import annotations

from collections.abc import Callable

from packaging.utils import canonicalize_name

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.default_groups import read_default_groups
from projects.domain.dependency_files.dependency_groups import Including, included_by
from projects.domain.dependency_files.documents import array, get_in, strings, table
from projects.domain.dependency_files.line_numbers import TomlLineNumbers
from projects.domain.dependency_files.pep508 import RequirementContext, parse_array, parse_into
from projects.domain.dependency_files.poetry import read_poetry
from projects.domain.dependency_files.pyproject_tools import apply_uv_sources, read_flit, read_hatch, read_pdm, read_uv
from projects.domain.dependency_files.values import RequirementScope

_COMPUTED = "dynamic: computed by the build, which is not run; the requirements are unknown"

# (path as written, line, context of the requirements in it)
IncludeFile = Callable[[str, int | None, RequirementContext], None]


def read_pyproject(
    builder: ParsedFilesBuilder, document: dict[str, object], text: str, path: str, include: IncludeFile
) -> None:
    """Read every table of requirements. Never raises."""
    lines = TomlLineNumbers(text)
    start = len(builder.requirements)
    project = table(document.get("project"))
    _read_project(builder, project, path, lines)
    groups, tool = table(document.get("dependency-groups")), table(document.get("tool"))
    including = included_by(builder, groups, table(get_in(tool, "poetry", "group")), path, lines)
    _read_groups(builder, groups, including, path, lines)
    _read_build(builder, table(document.get("build-system")), path, lines)
    read_default_groups(builder, document, path, lines)
    if "poetry" in tool:
        read_poetry(builder, table(tool["poetry"]), including, path, lines)
    read_pdm(builder, table(tool.get("pdm")), path, lines)
    read_hatch(builder, table(tool.get("hatch")), path, lines)
    read_flit(builder, table(tool.get("flit")), path, lines)
    read_uv(builder, table(tool.get("uv")), path, lines)
    apply_uv_sources(builder, table(get_in(tool, "uv", "sources")), start, path, lines)
    _read_dynamic(builder, document, path, lines, include)


def _read_project(builder: ParsedFilesBuilder, project: dict[str, object], path: str, lines: TomlLineNumbers) -> None:
    builder.add_project_name(project.get("name"))
    builder.add_python(project.get("requires-python"), path, lines.key("project", "requires-python"))
    parse_array(builder, project.get("dependencies"), RequirementContext(path), lines, ("project", "dependencies"))
    builder.add_choices(RequirementScope.EXTRA, table(project.get("optional-dependencies")))
    for extra, content in table(project.get("optional-dependencies")).items():
        context = RequirementContext(path, RequirementScope.EXTRA, (canonicalize_name(extra[:120]),))
        parse_array(builder, content, context, lines, ("project.optional-dependencies", extra))


def _read_groups(
    builder: ParsedFilesBuilder, groups: dict[str, object], including: Including, path: str, lines: TomlLineNumbers
) -> None:
    """Read each requirement once, with its own group first and then the groups that include it."""
    builder.add_choices(RequirementScope.GROUP, groups)
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
    parse_array(builder, build.get("requires"), context, lines, ("build-system", "requires"))


def _read_dynamic(
    builder: ParsedFilesBuilder, document: dict[str, object], path: str, lines: TomlLineNumbers, include: IncludeFile
) -> None:
    """Read the files that setuptools names for dynamic dependencies; any other backend has to be run."""
    dynamic = set(strings(get_in(document, "project", "dynamic")))
    line = lines.key("project", "dynamic")
    table_name = "tool.setuptools.dynamic"
    settings = table(get_in(document, "tool", "setuptools", "dynamic"))
    if "dependencies" in dynamic:
        files = _files(settings.get("dependencies"))
        for file in files:
            include(file, lines.key(table_name, "dependencies"), RequirementContext(path))
        if not files and "poetry" not in table(document.get("tool")):
            builder.add_unread(path, line, "dependencies", _COMPUTED)
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
