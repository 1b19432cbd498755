"""The indexes that pip would use, from the command line and the files.

As in pip (handle_option_line in req_file.py), the lines of the files apply in order, after the command line:
`--index-url` replaces all indexes before it, `--extra-index-url` adds one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from msgspec import Struct

from projects.domain.dependency_files import FileProblem, Format, IndexOption, NamedIndex, ParsedFiles
from projects.domain.dependency_files.redaction import environment_variables
from scanner.domain.index_address import InvalidAddress, parse_address, without_credentials

# The formats whose options pip itself reads, or is given.
_PIPS = {Format.REQUIREMENTS, Format.CONSTRAINTS, Format.PIP_COMPILE, Format.PIP_FREEZE, Format.CONDA}
_NOT_FOLLOWED = {
    IndexOption.NO_INDEX: "--no-index is ignored: the indexes are used anyway",
    IndexOption.FIND_LINKS: "--find-links is ignored: files that are only there are not found",
}


class InvalidIndexOption(Exception):
    """A line whose index cannot be used. The text names the place and never what may be a secret."""

    def __init__(self, named: NamedIndex, reason: str) -> None:
        super().__init__(named, reason)
        self.named = named
        self.reason = reason

    def __str__(self) -> str:
        return f"{_place(self.named)}: --{self.named.option.value} {self.reason}"


class EffectiveIndexes(Struct, frozen=True):
    """The indexes in order, the primary one first. `urls` contain credentials and must not be displayed.

    `notes` say which lines of the files applied, and which indexes of other tools did not.
    """

    urls: tuple[str, ...]
    notes: tuple[str, ...]


def effective_indexes(
    primary: str, configured: Sequence[str], extra: Sequence[str], parsed: ParsedFiles, environment: Mapping[str, str]
) -> EffectiveIndexes:
    """Return the indexes that pip would use with these options and the files that `parsed` was read from.

    `configured` are the extra indexes of pip's configuration; one that is not on the web is noted and left out.
    `${NAME}` is expanded from the environment, as pip does. Raises InvalidIndexOption for a variable that is not set
    and for an invalid address.
    """
    usable, notes = _usable(configured)
    urls = [primary, *usable, *extra]
    formats = {source.path: source.format for source in parsed.sources}
    for _, line in groupby(parsed.indexes, key=lambda named: (named.path, named.line)):
        # Of one line pip takes --index-url first, wherever it is on the line.
        for named in sorted(line, key=lambda named: named.option is not IndexOption.INDEX_URL):
            if named.option not in (IndexOption.INDEX_URL, IndexOption.EXTRA_INDEX_URL):
                continue
            if formats.get(named.path) not in _PIPS:
                notes.append(
                    f"{_place(named)}: {named.shown} is not used; pass it with --{named.option.value} to use it"
                )
                continue
            url = _expanded(named, environment)
            if named.option is IndexOption.INDEX_URL:
                urls = [url]
                notes.append(f"{_place(named)}: {without_credentials(url)} replaces the indexes before it")
            else:
                urls.append(url)
                notes.append(f"{_place(named)}: {without_credentials(url)} is used as well")
    return EffectiveIndexes(tuple(dict.fromkeys(url.rstrip("/") for url in urls)), tuple(notes))


def _usable(configured: Sequence[str]) -> tuple[list[str], list[str]]:
    usable, notes = [], []
    for url in configured:
        try:
            parse_address(url)
        except InvalidAddress as error:
            notes.append(f"pip's extra index {without_credentials(url)} is not used: {error}")
        else:
            usable.append(url)
    return usable, notes


def not_followed(parsed: ParsedFiles) -> tuple[FileProblem, ...]:
    """Return a problem for each option that is ignored: sources of packages that are not indexes."""
    return tuple(
        FileProblem(named.path, named.line, named.shown, _NOT_FOLLOWED[named.option])
        for named in parsed.indexes
        if named.option in _NOT_FOLLOWED
    )


def _expanded(named: NamedIndex, environment: Mapping[str, str]) -> str:
    url = named.url
    for name in environment_variables(url):
        value = environment.get(name)
        if not value:
            raise InvalidIndexOption(named, f"needs the environment variable {name}, which is not set")
        url = url.replace(f"${{{name}}}", value)
    try:
        parse_address(url)
    except InvalidAddress as error:
        raise InvalidIndexOption(named, f"cannot be used: {error}") from error
    return url


def _place(named: NamedIndex) -> str:
    return f"{named.path}:{named.line}" if named.line else named.path
