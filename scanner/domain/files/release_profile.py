"""The profile of a release: what matching reads of its files, without names, dates and digests.

Most releases of a package have the profile of the release before, and thousands of packages share "one py3-none-any
wheel and an sdist". So each profile is matched once.
"""

import functools
import json
from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from scanner.domain.files.filenames import FileKind


class ProfileFile(Struct, frozen=True):
    """A file as matching reads it. `tag_set` is the compressed tag set of a wheel, None for every other type."""

    tag_set: str | None
    kind: FileKind
    requires_python: str | None = None
    yanked: bool = False

    def __post_init__(self) -> None:
        if (self.tag_set is not None) != (self.kind is FileKind.WHEEL):
            raise ValueError(f"a {self.kind.value} with tags {self.tag_set!r}: wheels have tags and nothing else has")


def _group(profile_file: ProfileFile) -> tuple[bool, str, bool]:
    return (profile_file.requires_python is not None, profile_file.requires_python or "", profile_file.yanked)


class ReleaseProfile(Struct, frozen=True):
    """A set of files in canonical order: equal for the same files in any order and number. Built by `of` or `parse`."""

    files: tuple[ProfileFile, ...]

    @classmethod
    def of(cls, files: Iterable[ProfileFile]) -> "ReleaseProfile":
        """Return the profile of these files."""
        return cls(tuple(sorted(set(files), key=lambda file: (*_group(file), file.kind.value, file.tag_set or ""))))

    @property
    def text(self) -> str:
        """The canonical JSON, ASCII only: `[[Requires-Python, yanked, [tag set or "=type", …]], …]`."""
        groups: dict[tuple[bool, str, bool], list[str]] = {}
        for file in self.files:
            groups.setdefault(_group(file), []).append(f"={file.kind.value}" if file.tag_set is None else file.tag_set)
        rows = [[text if given else None, int(yanked), names] for (given, text, yanked), names in groups.items()]
        return json.dumps(rows, separators=(",", ":"))

    @classmethod
    def parse(cls, text: str) -> "ReleaseProfile":
        """Parse what `text` returns. Raises ValueError for anything else."""
        try:
            return cls.of(_listed(text))
        except (TypeError, AttributeError) as error:
            raise ValueError(f"not the text of a profile: {text[:80]!r}") from error

    @classmethod
    def stored(cls, text: str) -> "ReleaseProfile":
        """Parse a text that `text` has returned, without sorting the files again."""
        return cls(tuple(_listed(text)))


ProfileGroup = tuple[str | None, int, Sequence[str]]
"""The files of a profile with one Requires-Python, yanked (1) or not (0): the tag set of a wheel, or "=type"."""

_GROUPS: msgspec.json.Decoder[list[tuple[str | None, int, list[str]]]] = msgspec.json.Decoder(
    list[tuple[str | None, int, list[str]]]
)


def profile_groups(text: str) -> Sequence[ProfileGroup]:
    """Return the groups of a text that `ReleaseProfile.text` has returned."""
    return _GROUPS.decode(text)


def profile_of_groups(groups: Iterable[ProfileGroup]) -> ReleaseProfile:
    """Return the profile of these groups, which are in its order."""
    return ReleaseProfile(
        tuple(_offered(name, python, bool(yanked)) for python, yanked, names in groups for name in names)
    )


def _listed(text: str) -> list[ProfileFile]:
    return [
        _offered(name, requires_python, bool(yanked))
        for requires_python, yanked, names in json.loads(text)
        for name in names
    ]


@functools.lru_cache(maxsize=16384)
def _offered(name: str, requires_python: str | None, yanked: bool) -> ProfileFile:
    if name.startswith("="):
        return ProfileFile(None, FileKind(name[1:]), requires_python, yanked)
    return ProfileFile(name, FileKind.WHEEL, requires_python, yanked)
