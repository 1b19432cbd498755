"""Which indexes pip would ask for these files, from what the command line and the files say. Pure.

As pip has it (handle_option_line of its req_file), the lines of the files take effect in order, after the command line:
`--index-url` puts its address in the place of everything before it, `--extra-index-url` adds one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from projects.domain.dependency_files import FileProblem, Format, IndexOption, NamedIndex, ParsedFiles
from projects.domain.dependency_files.redaction import environment_variables
from scanner.domain.index_address import InvalidAddress, parse_address, without_credentials

# The formats whose options pip itself reads, or is given.
_PIPS = {Format.REQUIREMENTS, Format.CONSTRAINTS, Format.PIP_COMPILE, Format.PIP_FREEZE, Format.CONDA}
_NOT_FOLLOWED = {
    IndexOption.NO_INDEX: "--no-index is not followed: the indexes are asked all the same",
    IndexOption.FIND_LINKS: "--find-links is not followed: what stands only there is not seen",
}


class InvalidIndexOption(Exception):
    """A line whose index cannot be asked. The text names the place and never what may be a secret."""

    def __init__(self, named: NamedIndex, reason: str) -> None:
        super().__init__(named, reason)
        self.named = named
        self.reason = reason

    def __str__(self) -> str:
        return f"{_place(self.named)}: --{self.named.option.value} {self.reason}"


@dataclass(frozen=True, slots=True)
class EffectiveIndexes:
    """The addresses that are asked, the primary one first, with their credentials: never to be shown as they are.

    notes: which lines of the files took effect, and which indexes of other tools did not, for people.
    """

    urls: tuple[str, ...]
    notes: tuple[str, ...]


def effective_indexes(
    primary: str, configured: Sequence[str], extra: Sequence[str], parsed: ParsedFiles, environment: Mapping[str, str]
) -> EffectiveIndexes:
    """What pip would ask when it is given these addresses and the files that `intake` was read from.

    `configured` are the extra ones of pip's configuration: one that only a disk holds is noted and left out.
    `${NAME}` is expanded from the environment, as pip does. Raises BadIndexOption for a variable that is not set and
    for what is no address then.
    """
    usable, notes = _usable(configured)
    urls = [primary, *usable, *extra]
    formats = {source.path: source.format for source in parsed.sources}
    for _, line in groupby(parsed.indexes, key=lambda named: (named.path, named.line)):
        # Of one line pip takes --index-url first, wherever it stands.
        for named in sorted(line, key=lambda named: named.option is not IndexOption.INDEX_URL):
            if named.option not in (IndexOption.INDEX_URL, IndexOption.EXTRA_INDEX_URL):
                continue
            if formats.get(named.path) not in _PIPS:
                notes.append(
                    f"{_place(named)}: {named.shown} is not asked; give it with --{named.option.value} to have it"
                )
                continue
            url = _expanded(named, environment)
            if named.option is IndexOption.INDEX_URL:
                urls = [url]
                notes.append(f"{_place(named)}: {without_credentials(url)} is asked in the place of all before it")
            else:
                urls.append(url)
                notes.append(f"{_place(named)}: {without_credentials(url)} is asked too")
    return EffectiveIndexes(tuple(dict.fromkeys(url.rstrip("/") for url in urls)), tuple(notes))


def _usable(configured: Sequence[str]) -> tuple[list[str], list[str]]:
    usable, notes = [], []
    for url in configured:
        try:
            parse_address(url)
        except InvalidAddress as error:
            notes.append(f"pip's extra index {without_credentials(url)} is not asked: {error}")
        else:
            usable.append(url)
    return usable, notes


def not_followed(parsed: ParsedFiles) -> tuple[FileProblem, ...]:
    """The lines that would take a package from elsewhere than an index, each as a problem at its place."""
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
