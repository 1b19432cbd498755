"""The packages that files take from one index by name: sources of uv, Poetry, PDM and Pipenv, registries of locks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fnmatch import fnmatchcase

from msgspec import Struct, field
from packaging.utils import NormalizedName, canonicalize_name

from projects.domain.dependency_files.limits import MAX_PROBLEMS, MAX_REQUIREMENTS
from projects.domain.dependency_files.values import AssignedPackage, IndexOption, NamedIndex, ParsedRequirement


class _Assignment(Struct, frozen=True):
    pattern: str
    index: str
    path: str
    line: int | None


class IndexAssignments(Struct):
    """What files say of the index of each package, while they are read."""

    _urls: dict[tuple[str, str], str] = field(default_factory=dict)
    _named: list[_Assignment] = field(default_factory=list)
    _locked: dict[str, dict[NormalizedName, _Assignment]] = field(default_factory=dict)

    def name(self, path: str, name: object, url: object) -> None:
        """Note the name that a file gives an index."""
        if isinstance(name, str) and isinstance(url, str) and len(self._urls) < MAX_PROBLEMS:
            self._urls[path, name.lower()] = url

    def assign(self, package: str, index: object, path: str, line: int | None) -> None:
        """Note that a file takes a package, or all that match a pattern, from the index of this name."""
        if isinstance(index, str) and len(self._named) < MAX_REQUIREMENTS:
            self._named.append(_Assignment(_normalized(package), index.lower(), path, line))

    def lock(self, package: object, url: object, path: str, line: int | None) -> None:
        """Note the registry of a locked package; None is the default one."""
        packages = self._locked.setdefault(path, {})
        if isinstance(package, str) and len(packages) < MAX_REQUIREMENTS:
            address = url if isinstance(url, str) else ""
            packages[NormalizedName(_normalized(package))] = _Assignment("", address, path, line)

    def settle(
        self, requirements: Iterable[ParsedRequirement], indexes: Iterable[NamedIndex]
    ) -> tuple[AssignedPackage, ...]:
        """Return the packages that come from an index of their own, each once.

        Most packages of a lock come from the project's default index, so its most frequent registry is that one.
        """
        explicit = {one.address for one in indexes if one.option is IndexOption.EXPLICIT}
        found: dict[NormalizedName, AssignedPackage] = {}
        names = {one.name for one in requirements}
        for one in self._named:
            address = _address(self._urls.get((one.path, one.index), ""))
            if address is not None:
                for name in _matching(one.pattern, names):
                    found.setdefault(name, AssignedPackage(name, address, one.path, one.line))
        for packages in self._locked.values():
            addresses = {name: _address(one.index) for name, one in packages.items()}
            counts = Counter(address for address in addresses.values() if address not in explicit)
            default = counts.most_common(1)[0][0] if counts else None
            for name, one in packages.items():
                address = addresses[name]
                if address is not None and address != default:
                    found.setdefault(name, AssignedPackage(name, address, one.path, one.line))
        return tuple(found.values())


def _matching(pattern: str, names: Iterable[NormalizedName]) -> list[NormalizedName]:
    if not any(mark in pattern for mark in "*?["):
        return [NormalizedName(pattern)]
    return sorted(name for name in names if fnmatchcase(name, pattern))


def _normalized(name: str) -> str:
    return canonicalize_name(name[:200])


def _address(url: str) -> str | None:
    return NamedIndex("", None, IndexOption.LOCKED, url).address if url else None
