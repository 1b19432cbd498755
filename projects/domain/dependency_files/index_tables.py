"""The tables in which uv, Poetry, PDM and Pipenv name package indexes, put into pip's words in file order."""

from __future__ import annotations

from projects.domain.dependency_files.documents import TomlLines, array, dig, string, table
from projects.domain.dependency_files.report import Report
from projects.domain.dependency_files.values import IndexOption


def read_uv_indexes(report: Report, uv: dict[str, object], path: str, lines: TomlLines) -> None:
    """[[tool.uv.index]] and the older index-url, extra-index-url, find-links and no-index, also of [tool.uv.pip]."""
    for position, entry in enumerate(array(uv.get("index"))):
        option = IndexOption.EXTRA_INDEX_URL
        if dig(entry, "explicit") is True:
            option = IndexOption.EXPLICIT
        elif dig(entry, "default") is True:
            option = IndexOption.INDEX_URL
        elif dig(entry, "format") == "flat":
            option = IndexOption.FIND_LINKS
        _record(report, option, dig(entry, "url"), path, lines, ("tool.uv.index", position))
    _read_uv_options(report, uv, path, lines, "tool.uv")
    _read_uv_options(report, table(uv.get("pip")), path, lines, "tool.uv.pip")


def _read_uv_options(report: Report, options: dict[str, object], path: str, lines: TomlLines, header: str) -> None:
    if options.get("no-index") is True:
        report.index(IndexOption.NO_INDEX, "", path, lines.key(header, "no-index"))
    if "index-url" in options:
        report.index(IndexOption.INDEX_URL, options["index-url"], path, lines.key(header, "index-url"))
    for option in (IndexOption.EXTRA_INDEX_URL, IndexOption.FIND_LINKS):
        for url in _listed(options.get(option.value)):
            line = lines.text(url, header, option.value) if isinstance(url, str) else lines.key(header, option.value)
            report.index(option, url, path, line)


def read_poetry_sources(report: Report, sources: object, path: str, lines: TomlLines) -> None:
    """[[tool.poetry.source]]. The first primary one takes the default's place, further ones stand beside it.

    Poetry's own default is named without an address when a project wants to keep it beside others.
    """
    has_primary = False
    for position, source in enumerate(array(sources)):
        priority = string(dig(source, "priority")) or "primary"
        if dig(source, "secondary") is True:
            priority = "supplemental"
        if dig(source, "url") is None and (string(dig(source, "name")) or "").lower() == "pypi":
            has_primary |= priority in {"primary", "default"}
            continue
        option = IndexOption.EXTRA_INDEX_URL
        if priority == "explicit":
            option = IndexOption.EXPLICIT
        elif priority in {"primary", "default"} and not has_primary:
            option, has_primary = IndexOption.INDEX_URL, True
        _record(report, option, dig(source, "url"), path, lines, ("tool.poetry.source", position))


def read_pdm_sources(report: Report, sources: object, path: str, lines: TomlLines) -> None:
    """[[tool.pdm.source]]: the one called pypi is the default's replacement, as PDM has it."""
    for position, source in enumerate(array(sources)):
        option = IndexOption.EXTRA_INDEX_URL
        if dig(source, "type") == "find_links":
            option = IndexOption.FIND_LINKS
        elif (string(dig(source, "name")) or "").lower() == "pypi":
            option = IndexOption.INDEX_URL
        _record(report, option, dig(source, "url"), path, lines, ("tool.pdm.source", position))


def read_pipfile_sources(
    report: Report, sources: object, path: str, lines: TomlLines | None, *, searched: bool
) -> None:
    """[[source]] of a Pipfile, or `sources` of its lock without `lines`. Pipenv asks the first one for every package.

    The others serve the packages that name them, unless the Pipfile has all of them searched.
    """
    for position, source in enumerate(sources if isinstance(sources, list) else []):
        option = IndexOption.INDEX_URL
        if position:
            option = IndexOption.EXTRA_INDEX_URL if searched else IndexOption.EXPLICIT
        _record(report, option, dig(source, "url"), path, lines, ("source", position))


def _record(
    report: Report, option: IndexOption, url: object, path: str, lines: TomlLines | None, at: tuple[str, int]
) -> None:
    line = None
    if lines is not None:
        header, position = at
        line = lines.header(header, position)
        if line is None and isinstance(url, str):
            # Written as an array of inline tables, which have no headers.
            line = lines.text(url, header.rpartition(".")[0])
    report.index(option, url, path, line)


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
