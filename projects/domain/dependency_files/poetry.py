"""[tool.poetry] of pyproject.toml, old (dev-dependencies) and new (groups), in terms of ParsedRequirement."""

from __future__ import annotations

from dataclasses import replace

from packaging.utils import canonicalize_name

from projects.domain.dependency_files.documents import TomlLines, dig, string, strings, table
from projects.domain.dependency_files.index_tables import read_poetry_sources
from projects.domain.dependency_files.limits import MAX_GROUPS
from projects.domain.dependency_files.pep508 import Malformed, Place, normal_marker, normal_name, pin_of
from projects.domain.dependency_files.poetry_versions import alternatives, python_marker
from projects.domain.dependency_files.report import Report
from projects.domain.dependency_files.urls import origin_of, point
from projects.domain.dependency_files.values import Origin, ParsedRequirement, Scope


def read_poetry(report: Report, poetry: dict[str, object], path: str, lines: TomlLines) -> None:
    """Read dependencies, groups and extras. An optional dependency counts for the extras that list it."""
    report.own(poetry.get("name"))
    read_poetry_sources(report, poetry.get("source"), path, lines)
    extras = _extras_by_name(poetry)
    _read_table(report, poetry.get("dependencies"), Place(path), "tool.poetry.dependencies", lines, extras=extras)
    dev = Place(path, Scope.GROUP, ("dev",))
    _read_table(report, poetry.get("dev-dependencies"), dev, "tool.poetry.dev-dependencies", lines, extras={})
    for group, content in table(poetry.get("group")).items():
        place = Place(path, Scope.GROUP, (group[:120],))
        header = f"tool.poetry.group.{group}.dependencies"
        _read_table(report, dig(content, "dependencies"), place, header, lines, extras={})


def _extras_by_name(poetry: dict[str, object]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    # The bound is far above any real project; beyond it an optional package just stays out of the extra.
    for extra, names in list(table(poetry.get("extras")).items())[:MAX_GROUPS]:
        for name in strings(names):
            key = canonicalize_name(name.partition("[")[0].strip())
            found[key] = (*found.get(key, ()), canonicalize_name(extra))
    return found


def _read_table(
    report: Report, value: object, place: Place, header: str, lines: TomlLines, *, extras: dict[str, tuple[str, ...]]
) -> None:
    for name, content in table(value).items():
        line = lines.key(header, name)
        if name.lower() == "python":
            report.hint("python", str(content)[:120] if isinstance(content, str) else "", place.source, line)
            continue
        for constraint in content if isinstance(content, list) else [content]:
            try:
                found = _dependency(name, constraint, place, line)
            except Malformed as error:
                report.problem(place.source, line, name, str(error))
                continue
            optional_for = extras.get(found.name, ())
            if dig(constraint, "optional") is True and place.scope is Scope.MAIN:
                # Optional and in no extra: nothing ever installs it, but the file names it, so it is kept apart.
                found = replace(found, scope=Scope.EXTRA, groups=optional_for)
            report.require(found)


def _dependency(name: str, content: object, place: Place, line: int | None) -> ParsedRequirement:
    package = normal_name(name)
    fields: dict[str, object] = {"version": content} if isinstance(content, str) else table(content)
    if not fields:
        raise Malformed("a dependency is a version constraint or a table")
    origin, url = _origin(fields)
    version = string(fields.get("version")) or ""
    if fields.get("version") is not None and not isinstance(fields["version"], str):
        raise Malformed("the version must be a text")
    options = alternatives(version) if version else ("",)
    specifier = options[0] if len(options) == 1 else " || ".join(options)
    return ParsedRequirement(
        name=package,
        specifier=specifier,
        extras=tuple(sorted(strings(fields.get("extras")))),
        marker=_marker(fields),
        source=place.source,
        line=line,
        url=url,
        groups=place.groups,
        scope=place.scope,
        editable=fields.get("develop") is True,
        raw=f"{name} = {version or url or '*'}",
        pinned=pin_of(specifier),
        origin=origin,
        alternatives=options if len(options) > 1 else (),
        url_version=point(url).version if url and origin is not Origin.VCS else None,
    )


def _origin(fields: dict[str, object]) -> tuple[Origin, str | None]:
    for system in ("git", "hg", "svn", "bzr"):
        address = string(fields.get(system))
        if address is not None:
            ref = next((string(fields.get(key)) for key in ("rev", "tag", "branch") if fields.get(key)), None)
            return Origin.VCS, f"{system}+{address}{'@' + ref if ref else ''}"
    for key in ("path", "file"):
        if isinstance(fields.get(key), str):
            return Origin.PATH, str(fields[key])
    url = string(fields.get("url"))
    return (Origin.INDEX, None) if url is None else (origin_of(url), url)


def _marker(fields: dict[str, object]) -> str | None:
    parts = []
    python = string(fields.get("python"))
    if python is not None and (condition := python_marker(python)):
        parts.append(condition)
    platform = string(fields.get("platform"))
    if platform is not None:
        parts.append(f'sys_platform == "{platform}"')
    markers = normal_marker(fields.get("markers"))
    if markers is not None:
        parts.append(markers)
    if not parts:
        return None
    return normal_marker(" and ".join(f"({part})" if " or " in part and len(parts) > 1 else part for part in parts))
