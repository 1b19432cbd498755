"""Pipfile and Pipfile.lock of Pipenv."""

from __future__ import annotations

from msgspec.structs import replace
from packaging.utils import canonicalize_name

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.documents import get_in, string, strings, table
from projects.domain.dependency_files.index_tables import read_pipfile_sources
from projects.domain.dependency_files.installer_settings import read_pipenv_settings
from projects.domain.dependency_files.line_numbers import JsonLineNumbers, TomlLineNumbers
from projects.domain.dependency_files.membership import fulfil_membership
from projects.domain.dependency_files.pep508 import (
    MalformedRequirement,
    RequirementContext,
    all_of,
    normalize_marker,
    normalize_name,
    normalize_specifier,
    pinned_version,
)
from projects.domain.dependency_files.target_limits import LimitKind
from projects.domain.dependency_files.urls import origin_of, version_control_origin
from projects.domain.dependency_files.values import LockRule, ParsedRequirement, RequirementOrigin, RequirementScope

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


def read_pipfile(builder: ParsedFilesBuilder, document: dict[str, object], text: str, path: str) -> None:
    """Read packages (main), dev-packages (group "dev") and every other category (a group of its name)."""
    lines = TomlLineNumbers(text)
    searched = get_in(document, "pipenv", "install_search_all_sources") is True
    read_pipfile_sources(builder, document.get("source"), path, lines, searched=searched)
    read_pipenv_settings(builder, document, path, lines)
    _read_python(builder, document.get("requires"), path, lines, LimitKind.REQUIRES_PYTHON)
    for section, content in document.items():
        if section not in _OTHER_TABLES:
            context = _section_context(path, section)
            builder.add_choices(context.scope, context.groups)
            read_section(builder, content, context, section, lines)


def read_section(
    builder: ParsedFilesBuilder, value: object, context: RequirementContext, header: str, lines: TomlLineNumbers
) -> None:
    """Read a table of name = "version" or name = {version = …, extras = …, markers = …, git = …}."""
    for name, content in table(value).items():
        _read_entry(builder, name, content, context, lines.key(header, name))


def read_pipfile_lock(builder: ParsedFilesBuilder, document: dict[str, object], text: str, path: str) -> None:
    """Read every locked package; the lock does not say which are direct, nor what each one depends on."""
    lines = JsonLineNumbers(text)
    meta = table(document.get("_meta"))
    read_pipfile_sources(builder, meta.get("sources"), path, None, searched=False)
    _read_python(builder, meta.get("requires"), path, None, LimitKind.LOCK_PYTHON)
    for section, content in document.items():
        if section == "_meta":
            continue
        context = replace(_section_context(path, section), lock=LockRule.PACKAGES, direct=None)
        builder.add_choices(context.scope, context.groups)
        for name, fields in table(content).items():
            _read_entry(builder, name, _without_own_group(fields, context), context, lines.key(name))


def _section_context(path: str, section: str) -> RequirementContext:
    if section in {"packages", "default"}:
        return RequirementContext(path)
    return RequirementContext(
        path, RequirementScope.GROUP, ("dev" if section in {"dev-packages", "develop"} else section[:120],)
    )


def _read_python(
    builder: ParsedFilesBuilder, requires: object, path: str, lines: TomlLineNumbers | None, kind: LimitKind
) -> None:
    """Read the one Python that the project is for: a full version, or one of two numbers."""
    for key in ("python_full_version", "python_version"):
        version = string(get_in(requires, key))
        if version:
            line = lines.key("requires", key) if lines is not None else None
            builder.add_hint("python", version, path, line)
            is_number = version[0].isdigit()
            specifier = f"=={version}{'.*' if version.count('.') < 2 else ''}" if is_number else version
            builder.add_limit(kind, version, path, line, specifiers=(specifier,))
            break


def _without_own_group(fields: object, context: RequirementContext) -> object:
    """Return a locked entry without the condition on its own category, which pipenv writes into its marker."""
    markers = string(get_in(fields, "markers"))
    if markers is None or "dependency_groups" not in markers:
        return fields
    own = {canonicalize_name(group) for group in context.groups}
    try:
        rest = fulfil_membership(normalize_marker(markers), lambda _, name: name in own)
    except MalformedRequirement:
        return fields  # Reading the entry reports it.
    return {**table(fields), "markers": rest}


def _read_entry(
    builder: ParsedFilesBuilder, name: str, content: object, context: RequirementContext, line: int | None
) -> None:
    try:
        builder.add_requirement(_entry(name, content, context, line))
        builder.assignments.assign(name, get_in(content, "index"), context.source, line)
    except MalformedRequirement as error:
        builder.add_unread(context.source, line, name, str(error))


def _entry(name: str, content: object, context: RequirementContext, line: int | None) -> ParsedRequirement:
    fields: dict[str, object] = {"version": content} if isinstance(content, str) else table(content)
    if not fields and not isinstance(content, dict):
        raise MalformedRequirement("an entry must be a version or a table")
    origin, url = _origin(fields)
    version = fields.get("version", "")
    specifier = normalize_specifier(f"=={version}" if isinstance(version, str) and version[:1].isdigit() else version)
    hashes = fields.get("hashes")
    return ParsedRequirement(
        name=normalize_name(name),
        specifier=specifier,
        extras=tuple(sorted(strings(fields.get("extras")))),
        marker=_marker(fields),
        source=context.source,
        line=line,
        url=url,
        groups=context.groups,
        scope=context.scope,
        hashes=tuple(value.lower() for value in (strings(hashes) or strings([fields.get("hash")]))),
        editable=fields.get("editable") is True,
        raw=f"{name} = {version or url or '*'}",
        direct=context.direct,
        lock=context.lock,
        pinned=pinned_version(specifier),
        origin=origin,
    )


def _origin(fields: dict[str, object]) -> tuple[RequirementOrigin, str | None]:
    found = version_control_origin(fields, "ref")
    if found is not None:
        return found
    path = string(fields.get("path"))
    if path is not None:
        return RequirementOrigin.PATH, path
    file = string(fields.get("file")) or string(fields.get("url"))
    if file is None:
        return RequirementOrigin.INDEX, None
    return (origin_of(file) if "://" in file else RequirementOrigin.PATH), file


def _marker(fields: dict[str, object]) -> str | None:
    values = {key: string(fields.get(key)) for key in _MARKER_KEYS}
    own = [normalize_marker(f"{key} {value}") for key, value in values.items() if value is not None]
    return all_of(normalize_marker(fields.get("markers")), *own)
