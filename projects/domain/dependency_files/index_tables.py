"""The tables of package indexes of uv, Poetry, PDM and Pipenv, as the options of pip that they stand for."""

from __future__ import annotations

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.documents import array, get_in, string, strings, table
from projects.domain.dependency_files.line_numbers import TomlLineNumbers
from projects.domain.dependency_files.values import IndexOption


def read_uv_indexes(builder: ParsedFilesBuilder, uv: dict[str, object], path: str, lines: TomlLineNumbers) -> None:
    """Read [[tool.uv.index]] and the index options of [tool.uv] and [tool.uv.pip]."""
    for position, entry in enumerate(array(uv.get("index"))):
        option = IndexOption.EXTRA_INDEX_URL
        if get_in(entry, "explicit") is True:
            option = IndexOption.EXPLICIT
        elif get_in(entry, "default") is True:
            option = IndexOption.INDEX_URL
        elif get_in(entry, "format") == "flat":
            option = IndexOption.FIND_LINKS
        _record(builder, option, entry, path, lines, ("tool.uv.index", position))
    _read_uv_options(builder, uv, path, lines, "tool.uv")
    _read_uv_options(builder, table(uv.get("pip")), path, lines, "tool.uv.pip")


def _read_uv_options(
    builder: ParsedFilesBuilder, options: dict[str, object], path: str, lines: TomlLineNumbers, header: str
) -> None:
    if options.get("no-index") is True:
        builder.add_index(IndexOption.NO_INDEX, "", path, lines.key(header, "no-index"))
    if "index-url" in options:
        builder.add_index(IndexOption.INDEX_URL, options["index-url"], path, lines.key(header, "index-url"))
    for option in (IndexOption.EXTRA_INDEX_URL, IndexOption.FIND_LINKS):
        for url in _listed(options.get(option.value)):
            line = lines.text(url, header, option.value) if isinstance(url, str) else lines.key(header, option.value)
            builder.add_index(option, url, path, line)


def read_poetry_sources(builder: ParsedFilesBuilder, sources: object, path: str, lines: TomlLineNumbers) -> None:
    """Read [[tool.poetry.source]]: the first primary source replaces the default, further ones are extra.

    A source "PyPI" without an address keeps the default beside the others.
    """
    has_primary = False
    for position, source in enumerate(array(sources)):
        priority = string(get_in(source, "priority")) or "primary"
        if get_in(source, "secondary") is True:
            priority = "supplemental"
        if get_in(source, "url") is None and (string(get_in(source, "name")) or "").lower() == "pypi":
            has_primary |= priority in {"primary", "default"}
            continue
        option = IndexOption.EXTRA_INDEX_URL
        if priority == "explicit":
            option = IndexOption.EXPLICIT
        elif priority in {"primary", "default"} and not has_primary:
            option, has_primary = IndexOption.INDEX_URL, True
        _record(builder, option, source, path, lines, ("tool.poetry.source", position))


def read_pdm_sources(builder: ParsedFilesBuilder, sources: object, path: str, lines: TomlLineNumbers) -> None:
    """Read [[tool.pdm.source]]; the source named "pypi" replaces the default."""
    for position, source in enumerate(array(sources)):
        option = IndexOption.EXTRA_INDEX_URL
        if get_in(source, "type") == "find_links":
            option = IndexOption.FIND_LINKS
        elif (string(get_in(source, "name")) or "").lower() == "pypi":
            option = IndexOption.INDEX_URL
        _record(builder, option, source, path, lines, ("tool.pdm.source", position))
        for pattern in strings(get_in(source, "include_packages")):
            builder.assignments.assign(pattern, get_in(source, "name"), path, lines.header("tool.pdm.source", position))


def read_pipfile_sources(
    builder: ParsedFilesBuilder, sources: object, path: str, lines: TomlLineNumbers | None, *, searched: bool
) -> None:
    """Read [[source]] of a Pipfile, or `sources` of its lock without `lines`.

    Pipenv queries the first one for every package, the others for the packages that name them; or all for every
    package if `searched` (install_search_all_sources).
    """
    for position, source in enumerate(sources if isinstance(sources, list) else []):
        option = IndexOption.INDEX_URL
        if position:
            option = IndexOption.EXTRA_INDEX_URL if searched else IndexOption.EXPLICIT
        _record(builder, option, source, path, lines, ("source", position))


def _record(
    builder: ParsedFilesBuilder,
    option: IndexOption,
    source: object,
    path: str,
    lines: TomlLineNumbers | None,
    at: tuple[str, int],
) -> None:
    url, line = get_in(source, "url"), None
    if lines is not None:
        header, position = at
        line = lines.header(header, position)
        if line is None and isinstance(url, str):
            # Written as an array of inline tables, which have no headers.
            line = lines.text(url, header.rpartition(".")[0])
    builder.add_index(option, url, path, line)
    # The first source of a Pipfile is that of every package that names no other.
    if not (option is IndexOption.INDEX_URL and at[0] == "source"):
        builder.assignments.name(path, get_in(source, "name"), url)


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
