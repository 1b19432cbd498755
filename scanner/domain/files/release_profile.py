"""The shape of a release: what its files look like to matching, without names, dates and digests.

Most releases of a package have the shape of their predecessor, and thousands of packages share "one py3-none-any
wheel and an sdist". So a shape is judged once and its verdicts shared.
"""

import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass

from scanner.domain.files.filenames import FileKind


@dataclass(frozen=True, slots=True)
class ProfileFile:
    """One file as matching sees it. tag_set: the compressed tag triple of a wheel, None for every other kind."""

    tag_set: str | None
    kind: FileKind
    requires_python: str | None = None
    yanked: bool = False

    def __post_init__(self) -> None:
        if (self.tag_set is not None) != (self.kind is FileKind.WHEEL):
            raise ValueError(f"a {self.kind.value} with tags {self.tag_set!r}: wheels have tags and nothing else has")


def _group(profile_file: ProfileFile) -> tuple[bool, str, bool]:
    return (profile_file.requires_python is not None, profile_file.requires_python or "", profile_file.yanked)


@dataclass(frozen=True, slots=True)
class ReleaseProfile:
    """A canonical set: equal for equal files in any order and number. Make it with `of` or `parse`."""

    files: tuple[ProfileFile, ...]

    @classmethod
    def of(cls, files: Iterable[ProfileFile]) -> "ReleaseProfile":
        return cls(tuple(sorted(set(files), key=lambda file: (*_group(file), file.kind.value, file.tag_set or ""))))

    @property
    def text(self) -> str:
        """ASCII JSON, equal for equal shapes: `[[Requires-Python, yanked, [tag set or "=kind", …]], …]`."""
        groups: dict[tuple[bool, str, bool], list[str]] = {}
        for file in self.files:
            groups.setdefault(_group(file), []).append(f"={file.kind.value}" if file.tag_set is None else file.tag_set)
        rows = [[text if given else None, int(yanked), names] for (given, text, yanked), names in groups.items()]
        return json.dumps(rows, separators=(",", ":"))

    @classmethod
    def parse(cls, text: str) -> "ReleaseProfile":
        """The inverse of `text`. Raises ValueError on anything else."""
        try:
            return cls.of(_listed(text))
        except (TypeError, AttributeError) as error:
            raise ValueError(f"not the text of a shape: {text[:80]!r}") from error

    @classmethod
    def stored(cls, text: str) -> "ReleaseProfile":
        """The same for a text that `text` has made, which is in order already."""
        return cls(tuple(_listed(text)))


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
