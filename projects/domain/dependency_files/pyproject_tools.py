"""The tools' own tables in pyproject.toml beside Poetry's: PDM, Hatch, Flit of old, and uv with its sources."""

from __future__ import annotations

from dataclasses import replace

from packaging.utils import canonicalize_name

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.documents import array, get_in, string, table
from projects.domain.dependency_files.index_tables import read_pdm_sources, read_uv_indexes
from projects.domain.dependency_files.line_numbers import TomlLineNumbers
from projects.domain.dependency_files.lines import LogicalLine
from projects.domain.dependency_files.pep508 import RequirementContext, parse_into
from projects.domain.dependency_files.pipfile import read_section
from projects.domain.dependency_files.redaction import printable, without_credentials
from projects.domain.dependency_files.requirements_txt import read_line
from projects.domain.dependency_files.values import RequirementOrigin, RequirementScope


def read_pdm(builder: ParsedFilesBuilder, pdm: dict[str, object], path: str, lines: TomlLineNumbers) -> None:
    """dev-dependencies by group; each entry is a requirement or "-e path". Before PEP 621, dependencies as tables."""
    read_pdm_sources(builder, pdm.get("source"), path, lines)
    groups = pdm.get("dev-dependencies")
    for group, content in table(groups).items():
        header = "tool.pdm.dev-dependencies"
        context = RequirementContext(path, RequirementScope.GROUP, (canonicalize_name(group[:120]),))
        if not isinstance(content, list):
            # PDM 0.x: one group, name = "version", as in a Pipfile.
            dev = RequirementContext(path, RequirementScope.GROUP, ("dev",))
            read_section(builder, {group: content}, dev, header, lines)
            continue
        for item in content:
            line = lines.text(item, header, group) if isinstance(item, str) else lines.key(header, group)
            if isinstance(item, str) and item.strip().startswith("-e"):
                read_line(builder, LogicalLine(line or 1, item.strip(), ""), context, None)
            else:
                parse_into(builder, item, context, line)
    read_section(builder, pdm.get("dependencies"), RequirementContext(path), "tool.pdm.dependencies", lines)
    for name, content in table(get_in(pdm, "resolution", "overrides")).items():
        version = content if isinstance(content, str) else ""
        text = (
            f"{name} @ {version}" if "://" in version else name + (f"=={version}" if version[:1].isdigit() else version)
        )
        line = lines.key("tool.pdm.resolution.overrides", name)
        parse_into(builder, text, RequirementContext(path, override=True), line)


def read_hatch(builder: ParsedFilesBuilder, hatch: dict[str, object], path: str, lines: TomlLineNumbers) -> None:
    """The environments' dependencies; {…} fields of Hatch's are not expanded and end up as problems."""
    for name, settings in table(hatch.get("envs")).items():
        context = RequirementContext(path, RequirementScope.ENVIRONMENT, (name[:120],))
        for key in ("dependencies", "extra-dependencies"):
            header = f"tool.hatch.envs.{name}"
            for item in array(get_in(settings, key)):
                line = lines.text(item, header, key) if isinstance(item, str) else lines.key(header, key)
                parse_into(builder, item, context, line)


def read_flit(builder: ParsedFilesBuilder, flit: dict[str, object], path: str, lines: TomlLineNumbers) -> None:
    """[tool.flit.metadata], from before PEP 621."""
    metadata = table(flit.get("metadata"))
    header = "tool.flit.metadata"
    builder.add_project_name(metadata.get("dist-name") or metadata.get("module"))
    python = string(metadata.get("requires-python"))
    if python:
        builder.add_hint("python", python, path, lines.key(header, "requires-python"))
    groups = [
        ("requires", RequirementContext(path)),
        ("dev-requires", RequirementContext(path, RequirementScope.EXTRA, ("dev",))),
    ]
    for key, context in groups:
        for item in array(metadata.get(key)):
            parse_into(builder, item, context, lines.text(item, header, key) if isinstance(item, str) else None)
    for extra, content in table(metadata.get("requires-extra")).items():
        context = RequirementContext(path, RequirementScope.EXTRA, (canonicalize_name(extra[:120]),))
        for item in array(content):
            line = lines.text(item, f"{header}.requires-extra", extra) if isinstance(item, str) else None
            parse_into(builder, item, context, line)


def read_uv(builder: ParsedFilesBuilder, uv: dict[str, object], path: str, lines: TomlLineNumbers) -> None:
    """dev-dependencies (the group "dev"), constraints and overrides; index settings are kept as options."""
    places = {
        "dev-dependencies": RequirementContext(path, RequirementScope.GROUP, ("dev",)),
        "constraint-dependencies": RequirementContext(path, constraint=True),
        "override-dependencies": RequirementContext(path, override=True),
        "build-constraint-dependencies": RequirementContext(
            path, RequirementScope.BUILD, ("build-system",), constraint=True
        ),
    }
    for key, context in places.items():
        for item in array(uv.get(key)):
            line = lines.text(item, "tool.uv", key) if isinstance(item, str) else lines.key("tool.uv", key)
            parse_into(builder, item, context, line)
    read_uv_indexes(builder, uv, path, lines)
    for key in ("prerelease", "resolution", "exclude-newer"):
        value = string(uv.get(key))
        if value:
            builder.add_option(key, value, path, lines.key("tool.uv", key))


def apply_uv_sources(builder: ParsedFilesBuilder, sources: dict[str, object], start: int) -> None:
    """Requirements from `start` on whose name has a source of its own do not come from the index.

    A list of sources holds one for each marker; when one of them is conditional the index may still serve others, so
    only a source that always holds changes the origin.
    """
    origins: dict[str, tuple[RequirementOrigin, str | None]] = {}
    for name, content in sources.items():
        entries = array(content) if isinstance(content, list) else [content]
        found = [origin for entry in entries if (origin := _source(entry)) is not None]
        if len(found) == len(entries) == 1:
            origins[canonicalize_name(name[:120])] = found[0]
    for position in range(start, len(builder.requirements)):
        requirement = builder.requirements[position]
        origin = origins.get(requirement.name)
        if origin is not None and requirement.origin is RequirementOrigin.INDEX:
            builder.requirements[position] = replace(requirement, origin=origin[0], url=origin[1])


def _source(entry: object) -> tuple[RequirementOrigin, str | None] | None:
    if get_in(entry, "marker") is not None:
        return None
    if get_in(entry, "workspace") is True:
        return RequirementOrigin.PATH, None
    for key, origin in (
        ("git", RequirementOrigin.VCS),
        ("url", RequirementOrigin.URL),
        ("path", RequirementOrigin.PATH),
    ):
        value = string(get_in(entry, key))
        if value is not None:
            return origin, printable(without_credentials(f"git+{value}" if key == "git" else value))
    return None
