"""All sets that hold, by trying every combination: the oracle for small questions. Shares no code with the resolver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product

from packaging.requirements import Requirement
from packaging.version import Version

from tests.scanner.domain.resolution.small_index import Row, SmallIndex


@lru_cache(maxsize=10_000)
def _read(text: str) -> Requirement:
    return Requirement(text)


@lru_cache(maxsize=10_000)
def _counts(text: str, extra: str, platform: str) -> bool:
    marker = _read(text).marker
    return marker is None or marker.evaluate({"extra": extra, "sys_platform": platform})


@lru_cache(maxsize=10_000)
def _admits(text: str, version: str) -> bool:
    return _read(text).specifier.contains(Version(version), prereleases=True)


def usable(row: Row, platform: str = "linux") -> bool:
    """Whether a release has a wheel on one platform."""
    return bool({"*", platform} & set(row.get("on", ["*"])))


def holds(index: SmallIndex, roots: Sequence[str], pins: Mapping[str, str], platform: str = "linux") -> bool:
    """Whether a set satisfies every requirement that counts in it, with a wheel for each."""
    todo = [(text, "") for text in roots]
    seen: set[tuple[str, str]] = set()
    while todo:
        text, asking_extra = todo.pop()
        if not _counts(text, asking_extra, platform):
            continue
        requirement = _read(text)
        version = pins.get(requirement.name)
        if version is None or not _admits(text, version):
            return False
        row = index[requirement.name][version]
        if not usable(row, platform):
            return False
        for extra in ("", *requirement.extras):
            if (requirement.name, extra) not in seen:
                seen.add((requirement.name, extra))
                todo += [(need, extra) for need in row.get("needs", [])]
    return True


def every_set(
    index: SmallIndex, roots: Sequence[str], platforms: Sequence[str] = ("linux",)
) -> Iterator[dict[str, str]]:
    """Each full assignment that holds on all platforms; packages that nothing asks for are assigned as well."""
    names = list(index)
    for versions in product(*(index[name] for name in names)):
        pins = dict(zip(names, versions, strict=True))
        if all(holds(index, roots, pins, platform) for platform in platforms):
            yield pins
