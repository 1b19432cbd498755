"""[tool.poetry] of pyproject.toml, with dev-dependencies or groups."""

from __future__ import annotations

from msgspec.structs import replace
from packaging.utils import canonicalize_name

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.dependency_groups import POETRY_GROUPS, Including
from projects.domain.dependency_files.documents import get_in, string, strings, table
from projects.domain.dependency_files.index_tables import read_poetry_sources
from projects.domain.dependency_files.limits import MAX_GROUPS
from projects.domain.dependency_files.line_numbers import TomlLineNumbers
from projects.domain.dependency_files.pep508 import (
    MalformedRequirement,
    RequirementContext,
    all_of,
    normalize_marker,
    normalize_name,
    pinned_version,
)
from projects.domain.dependency_files.poetry_versions import alternatives, platform_marker, python_marker
from projects.domain.dependency_files.target_limits import LimitKind
from projects.domain.dependency_files.urls import origin_of, version_control_origin
from projects.domain.dependency_files.values import ParsedRequirement, RequirementOrigin, RequirementScope


def read_poetry(
    builder: ParsedFilesBuilder, poetry: dict[str, object], including: Including, path: str, lines: TomlLineNumbers
) -> None:
    """Read dependencies, groups and extras. An optional dependency is a part of the extras that list it.

    Each group is followed by those that include it.
    """
    builder.add_project_name(poetry.get("name"))
    read_poetry_sources(builder, poetry.get("source"), path, lines)
    builder.add_choices(RequirementScope.EXTRA, table(poetry.get("extras")))
    builder.add_choices(RequirementScope.GROUP, table(poetry.get("group")))
    builder.add_choices(RequirementScope.GROUP, ["dev"] if "dev-dependencies" in poetry else [])
    extras = _extras_by_name(poetry)
    _read_table(
        builder, poetry.get("dependencies"), RequirementContext(path), "tool.poetry.dependencies", lines, extras=extras
    )
    dev = RequirementContext(path, RequirementScope.GROUP, ("dev",))
    _read_table(builder, poetry.get("dev-dependencies"), dev, "tool.poetry.dev-dependencies", lines, extras={})
    for group, content in table(poetry.get("group")).items():
        names = (group[:120], *including.get(canonicalize_name(group[:120]), ()))
        context = RequirementContext(path, RequirementScope.GROUP, names)
        header = f"{POETRY_GROUPS}.{group}.dependencies"
        _read_table(builder, get_in(content, "dependencies"), context, header, lines, extras={})


def _extras_by_name(poetry: dict[str, object]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    # The bound is far above any real project; above it an optional package is in no extra.
    for extra, names in list(table(poetry.get("extras")).items())[:MAX_GROUPS]:
        for name in strings(names):
            key = canonicalize_name(name.partition("[")[0].strip())
            found[key] = (*found.get(key, ()), canonicalize_name(extra))
    return found


def _read_table(
    builder: ParsedFilesBuilder,
    value: object,
    context: RequirementContext,
    header: str,
    lines: TomlLineNumbers,
    *,
    extras: dict[str, tuple[str, ...]],
) -> None:
    for name, content in table(value).items():
        line = lines.key(header, name)
        if name.lower() == "python":
            if context.scope is RequirementScope.MAIN:
                add_poetry_python(builder, content, context.source, line)
            continue
        for constraint in content if isinstance(content, list) else [content]:
            try:
                found = _dependency(name, constraint, context, line)
            except MalformedRequirement as error:
                builder.add_unread(context.source, line, name, str(error))
                continue
            optional_for = extras.get(found.name, ())
            if get_in(constraint, "optional") is True and context.scope is RequirementScope.MAIN:
                # Optional and in no extra, it is never installed; the file names it, so it is kept.
                found = replace(found, scope=RequirementScope.EXTRA, groups=optional_for)
            builder.add_requirement(found)
            builder.assignments.assign(name, get_in(constraint, "source"), context.source, line)


def add_poetry_python(
    builder: ParsedFilesBuilder,
    constraint: object,
    path: str,
    line: int | None,
    kind: LimitKind = LimitKind.REQUIRES_PYTHON,
) -> None:
    """Add the Pythons that a project of Poetry or its lock admits."""
    builder.add_hint("python", constraint, path, line)
    if isinstance(constraint, str):
        try:
            specifiers = alternatives(constraint)
        except MalformedRequirement as error:
            builder.add_problem(path, line, constraint, str(error))
        else:
            builder.add_limit(kind, constraint, path, line, specifiers=specifiers)


def _dependency(name: str, content: object, context: RequirementContext, line: int | None) -> ParsedRequirement:
    package = normalize_name(name)
    fields: dict[str, object] = {"version": content} if isinstance(content, str) else table(content)
    if not fields:
        raise MalformedRequirement("a dependency must be a version constraint or a table")
    origin, url = _origin(fields)
    version = string(fields.get("version")) or ""
    if fields.get("version") is not None and not isinstance(fields["version"], str):
        raise MalformedRequirement("the version must be a string")
    options = alternatives(version) if version else ("",)
    specifier = options[0] if len(options) == 1 else " || ".join(options)
    return ParsedRequirement(
        name=package,
        specifier=specifier,
        extras=tuple(sorted(strings(fields.get("extras")))),
        marker=_marker(fields),
        source=context.source,
        line=line,
        url=url,
        groups=context.groups,
        scope=context.scope,
        editable=fields.get("develop") is True,
        raw=f"{name} = {version or url or '*'}",
        pinned=pinned_version(specifier),
        origin=origin,
        alternatives=options if len(options) > 1 else (),
    )


def _origin(fields: dict[str, object]) -> tuple[RequirementOrigin, str | None]:
    found = version_control_origin(fields, "rev", "tag", "branch")
    if found is not None:
        return found
    for key in ("path", "file"):
        if isinstance(fields.get(key), str):
            return RequirementOrigin.PATH, str(fields[key])
    url = string(fields.get("url"))
    return (RequirementOrigin.INDEX, None) if url is None else (origin_of(url), url)


def _marker(fields: dict[str, object]) -> str | None:
    """Return the conditions of `python`, `platform` and `markers` together, as poetry-core writes them."""
    python, platform = string(fields.get("python")), string(fields.get("platform"))
    return all_of(
        python_marker(python) if python else None,
        platform_marker(platform) if platform else None,
        normalize_marker(fields.get("markers")),
    )
