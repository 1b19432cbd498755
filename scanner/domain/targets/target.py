"""A target: one Python on one platform, with the tags it supports and the markers it shows.

A supported tag is always a pair (interpreter, ABI) with a platform, and the pairs follow from the Python alone, the
platforms from the platform alone. So both are kept apart: the order of all tags is the order of pairs, then of
platforms, which is how `packaging.tags` and with it every installer ranks them.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

from packaging.tags import Tag, compatible_tags, cpython_tags, generic_tags

from scanner.domain.targets.platforms import Platform, parse_platform
from scanner.domain.targets.pythons import Implementation, Python, find_python


class TagPriority(IntEnum):
    """Kinds of tags in the order in which every installer prefers them. Values are positions, best first."""

    OWN_ABI = 0  # cp313-cp313-PLATFORM
    OWN_STABLE = 1  # cp313-abi3-PLATFORM
    OWN_NO_ABI = 2  # cp313-none-PLATFORM
    OLDER_STABLE = 3  # cp37-abi3-PLATFORM
    NO_ABI = 4  # py3-none-PLATFORM
    ANYWHERE = 5  # py3-none-any


STABLE_ABIS = frozenset({"abi3", "abi3t"})
AbiPair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SupportedPairs:
    """The (interpreter, ABI) pairs that one Python loads: with a platform tag, and with "any". Best first."""

    with_platform: Mapping[AbiPair, TagPriority]
    anywhere: Mapping[AbiPair, TagPriority]


@functools.cache
def supported_pairs(python: Python) -> SupportedPairs:
    """The pairs of one Python, from `packaging.tags`, which describes this machine unless every argument is given."""
    stand_in = ["linux_x86_64"]
    own: list[Tag] = []
    if python.implementation is Implementation.CPYTHON:
        own += cpython_tags(python.version, [python.abi], stand_in)
    else:
        own += generic_tags(python.interpreter, [python.abi], stand_in)
    with_platform: dict[AbiPair, TagPriority] = {}
    anywhere: dict[AbiPair, TagPriority] = {}
    for tag in (*own, *compatible_tags(python.version, python.interpreter, stand_in)):
        pair = (tag.interpreter, tag.abi)
        if tag.platform == "any":
            anywhere.setdefault(pair, TagPriority.ANYWHERE)
        else:
            with_platform.setdefault(pair, _layer(pair, python))
    return SupportedPairs(MappingProxyType(with_platform), MappingProxyType(anywhere))


def _layer(pair: AbiPair, python: Python) -> TagPriority:
    interpreter, abi = pair
    own = interpreter == python.interpreter
    if abi in STABLE_ABIS:
        return TagPriority.OWN_STABLE if own else TagPriority.OLDER_STABLE
    if abi == "none":
        return TagPriority.OWN_NO_ABI if own else TagPriority.NO_ABI
    return TagPriority.OWN_ABI


@dataclass(frozen=True)
class Target:
    """A value: equal when Python and platform are. Its tags and markers are made when first asked for, then kept."""

    python: Python
    platform: Platform

    def __hash__(self) -> int:
        return self._hash

    @functools.cached_property
    def _hash(self) -> int:
        """Targets are keys of every memo, and their parts have a dozen fields."""
        return hash((self.python.slug, self.platform.slug))

    @functools.cached_property
    def slug(self) -> str:
        return f"{self.python.slug}-{self.platform.slug}"

    @property
    def label(self) -> str:
        """ "Python 3.13 on Linux x86-64 (glibc 2.28)"; the floor is left out where the platform has none."""
        name = self.python.label
        python = name if self.python.implementation is Implementation.PYPY else f"Python {name}"
        floor = self.platform.floor_label
        return f"{python} on {self.platform.label}" + (f" ({floor})" if floor else "")

    @functools.cached_property
    def tags(self) -> tuple[str, ...]:
        """All supported tags as text, best first: about a thousand on Linux. Matching does not need them."""
        pairs = supported_pairs(self.python)
        with_platform = (f"{pair[0]}-{pair[1]}-{tag}" for pair in pairs.with_platform for tag in self.platform.tags)
        return (*with_platform, *(f"{interpreter}-{abi}-any" for interpreter, abi in pairs.anywhere))

    @functools.cached_property
    def marker_environment(self) -> Mapping[str, str]:
        """Every variable of the marker standard except "extra", spelled as the real interpreter spells it there."""
        python, markers = self.python, self.platform.markers
        cpython = python.implementation is Implementation.CPYTHON
        return MappingProxyType(
            {
                "implementation_name": python.implementation.value,
                "implementation_version": python.runtime_version,
                "os_name": markers.os_name,
                "platform_machine": markers.platform_machine,
                "platform_python_implementation": "CPython" if cpython else "PyPy",
                "platform_release": "",
                "platform_system": markers.platform_system,
                "platform_version": "",
                "python_full_version": python.full_version,
                "python_version": f"{python.version[0]}.{python.version[1]}",
                "sys_platform": markers.sys_platform,
            }
        )


class UnknownTarget(ValueError):
    """No target has this slug. slug: as given; reason: a sentence that says which half is wrong and how."""

    def __init__(self, slug: str, reason: str) -> None:
        super().__init__(slug, reason)
        self.slug = slug
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.slug!r} is no target: {self.reason}"


@functools.lru_cache(maxsize=2048)
def parse_target(slug: str) -> Target:
    """The target of a slug, in the catalogue or not: any known Python on any platform at any floor.

    Equal slugs give the same object, so what it keeps is kept once. Raises UnknownTarget.
    """
    python_slug, dash, platform_slug = slug.strip().lower().partition("-")
    if not dash:
        raise UnknownTarget(slug, "a target is PYTHON-PLATFORM, as in cp313-win_amd64")
    python = find_python(python_slug)
    if python is None:
        raise UnknownTarget(slug, f"no Python here is called {python_slug!r}; try cp313, cp314t or pp311")
    platform = parse_platform(platform_slug)
    if isinstance(platform, str):
        raise UnknownTarget(slug, platform)
    return Target(python, platform)
