"""The tools' own tables in pyproject.toml beside Poetry's: PDM, Hatch, Flit of old, and uv with its sources."""

from __future__ import annotations

from dataclasses import replace

from packaging.utils import canonicalize_name

from projects.domain.dependency_files.documents import TomlLines, array, dig, string, table
from projects.domain.dependency_files.index_tables import read_pdm_sources, read_uv_indexes
from projects.domain.dependency_files.lines import LogicalLine
from projects.domain.dependency_files.pep508 import Place, require_text
from projects.domain.dependency_files.pipfile import read_section
from projects.domain.dependency_files.redaction import printable, without_credentials
from projects.domain.dependency_files.report import Report
from projects.domain.dependency_files.requirements_txt import read_line
from projects.domain.dependency_files.values import Origin, Scope


def read_pdm(report: Report, pdm: dict[str, object], path: str, lines: TomlLines) -> None:
    """dev-dependencies by group; each entry is a requirement or "-e path". Before PEP 621, dependencies as tables."""
    read_pdm_sources(report, pdm.get("source"), path, lines)
    groups = pdm.get("dev-dependencies")
    for group, content in table(groups).items():
        header = "tool.pdm.dev-dependencies"
        place = Place(path, Scope.GROUP, (canonicalize_name(group[:120]),))
        if not isinstance(content, list):
            # PDM 0.x: one group, name = "version", as in a Pipfile.
            dev = Place(path, Scope.GROUP, ("dev",))
            read_section(report, {group: content}, dev, header, lines)
            continue
        for item in content:
            line = lines.text(item, header, group) if isinstance(item, str) else lines.key(header, group)
            if isinstance(item, str) and item.strip().startswith("-e"):
                read_line(report, LogicalLine(line or 1, item.strip(), ""), place, None)
            else:
                require_text(report, item, place, line)
    read_section(report, pdm.get("dependencies"), Place(path), "tool.pdm.dependencies", lines)
    for name, content in table(dig(pdm, "resolution", "overrides")).items():
        version = content if isinstance(content, str) else ""
        text = (
            f"{name} @ {version}" if "://" in version else name + (f"=={version}" if version[:1].isdigit() else version)
        )
        line = lines.key("tool.pdm.resolution.overrides", name)
        require_text(report, text, Place(path, override=True), line)


def read_hatch(report: Report, hatch: dict[str, object], path: str, lines: TomlLines) -> None:
    """The environments' dependencies; {…} fields of Hatch's are not expanded and end up as problems."""
    for name, settings in table(hatch.get("envs")).items():
        place = Place(path, Scope.ENVIRONMENT, (name[:120],))
        for key in ("dependencies", "extra-dependencies"):
            header = f"tool.hatch.envs.{name}"
            for item in array(dig(settings, key)):
                line = lines.text(item, header, key) if isinstance(item, str) else lines.key(header, key)
                require_text(report, item, place, line)


def read_flit(report: Report, flit: dict[str, object], path: str, lines: TomlLines) -> None:
    """[tool.flit.metadata], from before PEP 621."""
    metadata = table(flit.get("metadata"))
    header = "tool.flit.metadata"
    report.own(metadata.get("dist-name") or metadata.get("module"))
    python = string(metadata.get("requires-python"))
    if python:
        report.hint("python", python, path, lines.key(header, "requires-python"))
    groups = [("requires", Place(path)), ("dev-requires", Place(path, Scope.EXTRA, ("dev",)))]
    for key, place in groups:
        for item in array(metadata.get(key)):
            require_text(report, item, place, lines.text(item, header, key) if isinstance(item, str) else None)
    for extra, content in table(metadata.get("requires-extra")).items():
        place = Place(path, Scope.EXTRA, (canonicalize_name(extra[:120]),))
        for item in array(content):
            line = lines.text(item, f"{header}.requires-extra", extra) if isinstance(item, str) else None
            require_text(report, item, place, line)


def read_uv(report: Report, uv: dict[str, object], path: str, lines: TomlLines) -> None:
    """dev-dependencies (the group "dev"), constraints and overrides; index settings are kept as options."""
    places = {
        "dev-dependencies": Place(path, Scope.GROUP, ("dev",)),
        "constraint-dependencies": Place(path, constraint=True),
        "override-dependencies": Place(path, override=True),
        "build-constraint-dependencies": Place(path, Scope.BUILD, ("build-system",), constraint=True),
    }
    for key, place in places.items():
        for item in array(uv.get(key)):
            line = lines.text(item, "tool.uv", key) if isinstance(item, str) else lines.key("tool.uv", key)
            require_text(report, item, place, line)
    read_uv_indexes(report, uv, path, lines)
    for key in ("prerelease", "resolution", "exclude-newer"):
        value = string(uv.get(key))
        if value:
            report.option(key, value, path, lines.key("tool.uv", key))


def apply_uv_sources(report: Report, sources: dict[str, object], start: int) -> None:
    """Requirements from `start` on whose name has a source of its own do not come from the index.

    A list of sources holds one for each marker; when one of them is conditional the index may still serve others, so
    only a source that always holds changes the origin.
    """
    origins: dict[str, tuple[Origin, str | None]] = {}
    for name, content in sources.items():
        entries = array(content) if isinstance(content, list) else [content]
        found = [origin for entry in entries if (origin := _source(entry)) is not None]
        if len(found) == len(entries) == 1:
            origins[canonicalize_name(name[:120])] = found[0]
    for position in range(start, len(report.requirements)):
        requirement = report.requirements[position]
        origin = origins.get(requirement.name)
        if origin is not None and requirement.origin is Origin.INDEX:
            report.requirements[position] = replace(requirement, origin=origin[0], url=origin[1])


def _source(entry: object) -> tuple[Origin, str | None] | None:
    if dig(entry, "marker") is not None:
        return None
    if dig(entry, "workspace") is True:
        return Origin.PATH, None
    for key, origin in (("git", Origin.VCS), ("url", Origin.URL), ("path", Origin.PATH)):
        value = string(dig(entry, key))
        if value is not None:
            return origin, printable(without_credentials(f"git+{value}" if key == "git" else value))
    return None
