"""The files of one release by their tags, filtered: what an installer can choose from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Self

from msgspec import Struct

from scanner.domain.files.filenames import FileKind, read_wheel_tags
from scanner.domain.releases.package_details import ListedFile, ReleaseListing
from scanner.domain.targets.platform_tags import PlatformTag, System, parse_platform_tag
from scanner.domain.targets.platforms import Platform
from scanner.domain.translation import gettext, ngettext, noop

_LONGEST = 100
_KINDS = {FileKind.SDIST: noop("source"), FileKind.WHEEL: noop("wheel")}


class FileQuery(Struct, frozen=True):
    """Which files of which release the page shows; "" where anything passes. `version` "" is the newest release."""

    version: str = ""
    python: str = ""
    abi: str = ""
    platform: str = ""
    name: str = ""

    @classmethod
    def parse(cls, parameters: Mapping[str, str]) -> Self:
        """Read `files`, `python`, `abi`, `platform` and `file`, a part of the name, forgivingly."""
        names = ("files", "python", "abi", "platform", "file")
        return cls(*(parameters.get(name, "").replace("\0", "")[:_LONGEST] for name in names))


class FileLine(Struct, frozen=True):
    """One file. Of a wheel with several tags each is named; an sdist has none."""

    file: ListedFile
    kind: str
    pythons: tuple[str, ...]
    abis: tuple[str, ...]
    platforms: tuple[str, ...]


class FileList(Struct, frozen=True):
    """The files of a release that pass, and what there is to choose from.

    `requirements` are those of the release, None where its metadata was not read.
    """

    version: str
    query: FileQuery
    lines: tuple[FileLine, ...]
    pythons: tuple[str, ...]
    abis: tuple[str, ...]
    platforms: tuple[str, ...]
    text: str
    requirements: tuple[str, ...] | None


def file_list(version: str, release: ReleaseListing, query: FileQuery) -> FileList | None:
    """Return the files of a release; None where it has none."""
    lines = [_line(file) for file in release.files]
    shown = [
        line
        for line in lines
        if (not query.python or query.python in line.pythons)
        and (not query.abi or query.abi in line.abis)
        and (not query.platform or query.platform in line.platforms)
        and query.name.casefold().strip() in line.file.filename.casefold()
    ]
    if not lines:
        return None
    return FileList(
        version=version,
        query=query,
        lines=tuple(shown),
        pythons=_choices(lines, lambda line: line.pythons),
        abis=_choices(lines, lambda line: line.abis),
        platforms=_choices(lines, lambda line: line.platforms),
        text=ngettext("{count} of {total} file", "{count} of {total} files", len(lines)).format(
            count=len(shown), total=len(lines)
        ),
        requirements=release.requirements,
    )


def _choices(lines: Iterable[FileLine], of: Callable[[FileLine], tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({one for line in lines for one in of(line)}))


def _line(file: ListedFile) -> FileLine:
    tags = read_wheel_tags(file.filename)[0] if file.kind == FileKind.WHEEL else None
    pythons, abis, platforms = tags.split("-") if tags else ("", "", "")
    return FileLine(
        file=file,
        kind=gettext(_KINDS[file.kind]) if file.kind in _KINDS else file.kind.value,
        pythons=_parts(pythons),
        abis=_parts(abis),
        platforms=describe_platforms(_parts(platforms)),
    )


def _parts(compressed: str) -> tuple[str, ...]:
    return tuple(compressed.split(".")) if compressed else ()


def describe_platforms(tags: Sequence[str]) -> tuple[str, ...]:
    """Return platform tags as people say them, with their lowest floor: "Linux x86-64, glibc 2.17", "Windows x64"."""
    lowest: dict[tuple[System, tuple[str, ...]], PlatformTag] = {}
    others = []
    for text in tags:
        tag = parse_platform_tag(text)
        if tag is None:
            others.append("any" if text == "any" else text)
            continue
        key = (tag.system, tag.architectures)
        lowest[key] = min(lowest.get(key, tag), tag, key=lambda one: one.floor)
    return tuple(dict.fromkeys([*map(_platform_text, lowest.values()), *others]))


def _platform_text(tag: PlatformTag) -> str:
    architectures = "universal2" if tag.architectures == ("arm64", "x86_64") else tag.architectures[0]
    platform = Platform("", tag.system, architectures, tag.floor)
    if tag.system is System.MACOS:
        return f"{platform.system.value} {platform.floor_label} {platform.label.partition(' ')[2]}"
    return f"{platform.label}, {platform.floor_label}" if platform.floor_label else platform.label
