"""The tables of PDM, Hatch, Flit and uv in pyproject.toml."""

from __future__ import annotations

from msgspec.structs import replace
from packaging.utils import canonicalize_name

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.conflicting_choices import read_conflicts
from projects.domain.dependency_files.documents import array, get_in, string, table
from projects.domain.dependency_files.index_tables import read_pdm_sources, read_uv_indexes
from projects.domain.dependency_files.installer_settings import read_pdm_settings, read_uv_settings
from projects.domain.dependency_files.line_numbers import TomlLineNumbers
from projects.domain.dependency_files.lines import LogicalLine
from projects.domain.dependency_files.locked_packages import add_environments
from projects.domain.dependency_files.pep508 import RequirementContext, parse_array, parse_into
from projects.domain.dependency_files.pipfile import read_section
from projects.domain.dependency_files.redaction import printable, without_credentials
from projects.domain.dependency_files.requirements_txt import read_line
from projects.domain.dependency_files.target_limits import LimitKind
from projects.domain.dependency_files.values import RequirementOrigin, RequirementScope


def read_pdm(builder: ParsedFilesBuilder, pdm: dict[str, object], path: str, lines: TomlLineNumbers) -> None:
    """Read dev-dependencies by group; an entry is a requirement or "-e path". PDM 0.x has tables as a Pipfile."""
    read_pdm_sources(builder, pdm.get("source"), path, lines)
    read_pdm_settings(builder, pdm, path, lines)
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
    """Read the dependencies of the environments; Hatch's {…} fields are not expanded and become problems."""
    for name, settings in table(hatch.get("envs")).items():
        context = RequirementContext(path, RequirementScope.ENVIRONMENT, (name[:120],))
        for key in ("dependencies", "extra-dependencies"):
            parse_array(builder, get_in(settings, key), context, lines, (f"tool.hatch.envs.{name}", key))


def read_flit(builder: ParsedFilesBuilder, flit: dict[str, object], path: str, lines: TomlLineNumbers) -> None:
    """Read [tool.flit.metadata], from before PEP 621."""
    metadata = table(flit.get("metadata"))
    header = "tool.flit.metadata"
    builder.add_project_name(metadata.get("dist-name") or metadata.get("module"))
    builder.add_python(metadata.get("requires-python"), path, lines.key(header, "requires-python"))
    dev = RequirementContext(path, RequirementScope.EXTRA, ("dev",))
    parse_array(builder, metadata.get("requires"), RequirementContext(path), lines, (header, "requires"))
    parse_array(builder, metadata.get("dev-requires"), dev, lines, (header, "dev-requires"))
    for extra, content in table(metadata.get("requires-extra")).items():
        context = RequirementContext(path, RequirementScope.EXTRA, (canonicalize_name(extra[:120]),))
        parse_array(builder, content, context, lines, (f"{header}.requires-extra", extra))


def read_uv(builder: ParsedFilesBuilder, uv: dict[str, object], path: str, lines: TomlLineNumbers) -> None:
    """Read dev-dependencies (the group "dev"), constraints, overrides, environments and indexes.

    Resolver settings are options.
    """
    contexts = {
        "dev-dependencies": RequirementContext(path, RequirementScope.GROUP, ("dev",)),
        "constraint-dependencies": RequirementContext(path, constraint=True),
        "override-dependencies": RequirementContext(path, override=True),
        "build-constraint-dependencies": RequirementContext(
            path, RequirementScope.BUILD, ("build-system",), constraint=True
        ),
    }
    for key, context in contexts.items():
        parse_array(builder, uv.get(key), context, lines, ("tool.uv", key))
    builder.add_conflicts(read_conflicts(uv.get("conflicts")))
    line = lines.key("tool.uv", "environments")
    add_environments(builder, uv.get("environments"), path, line, LimitKind.ENVIRONMENTS)
    read_uv_indexes(builder, uv, path, lines)
    read_uv_settings(builder, uv, path, lines)


def apply_uv_sources(
    builder: ParsedFilesBuilder, sources: dict[str, object], start: int, path: str, lines: TomlLineNumbers
) -> None:
    """Set the origin of the requirements from `start` on whose name has an entry in [tool.uv.sources].

    A list of sources has one for each marker. If one of them is conditional, the index may serve other targets, so
    only an unconditional source changes the origin. A package with an index counts as assigned to it.
    """
    origins: dict[str, tuple[RequirementOrigin, str | None]] = {}
    for name, content in sources.items():
        entries = array(content) if isinstance(content, list) else [content]
        for entry in entries:
            builder.assignments.assign(name, get_in(entry, "index"), path, lines.key("tool.uv.sources", name))
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
