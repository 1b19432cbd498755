"""Targets: one Python on one platform, with the tags it supports and its environment markers.

A supported tag is an (interpreter, ABI) pair and a platform. The pairs depend on the Python only, the platform tags on
the platform only, so both are kept apart. Tags are ordered by pair, then by platform, as in `packaging.tags` and every
installer.
"""

import functools
from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from scanner.domain.phrases import join_words
from scanner.domain.targets.abis import supported_pairs
from scanner.domain.targets.platforms import Platform, UnknownPlatform, parse_platform
from scanner.domain.targets.pythons import Implementation, Python, find_python
from scanner.domain.translation import gettext

_IMPLEMENTATION_NAMES = {
    Implementation.CPYTHON: "CPython",
    Implementation.PYPY: "PyPy",
    Implementation.GRAALPY: "GraalVM",
}
"""The values of `platform_python_implementation`."""


class Target(Struct, frozen=True, dict=True):
    """One Python on one platform. Tags and markers are computed on first use, then kept."""

    python: Python
    platform: Platform

    def __hash__(self) -> int:
        return self._hash

    @functools.cached_property
    def _hash(self) -> int:
        """The hash of both slugs: targets are the keys of caches, and their parts have a dozen fields."""
        return hash((self.python.slug, self.platform.slug))

    @functools.cached_property
    def slug(self) -> str:
        """The identifier of the target: "cp313-manylinux_2_28_x86_64"."""
        return f"{self.python.slug}-{self.platform.slug}"

    @property
    def label(self) -> str:
        """The name on pages: "Python 3.13 on Linux x86-64 (glibc 2.28)"; the floor is left out where there is none."""
        name = self.python.label
        python = f"Python {name}" if self.python.implementation is Implementation.CPYTHON else name
        floor = self.platform.floor_label
        platform = f"{self.platform.label} ({floor})" if floor else self.platform.label
        return gettext("{python} on {platform}").format(python=python, platform=platform)

    @functools.cached_property
    def tags(self) -> tuple[str, ...]:
        """All supported tags as text, best first: about a thousand on Linux."""
        pairs = supported_pairs(self.python)
        with_platform = (f"{pair[0]}-{pair[1]}-{tag}" for pair in pairs.with_platform for tag in self.platform.tags)
        return (*with_platform, *(f"{interpreter}-{abi}-any" for interpreter, abi in pairs.anywhere))

    @functools.cached_property
    def marker_environment(self) -> Mapping[str, str]:
        """All environment markers of PEP 508 except "extra", with the values of the real interpreter."""
        python, markers = self.python, self.platform.markers
        return MappingProxyType(
            {
                "implementation_name": python.implementation.value,
                "implementation_version": python.runtime_version,
                "os_name": markers.os_name,
                "platform_machine": markers.platform_machine,
                "platform_python_implementation": _IMPLEMENTATION_NAMES[python.implementation],
                "platform_release": "",
                "platform_system": markers.platform_system,
                "platform_version": "",
                "python_full_version": python.full_version,
                "python_version": f"{python.version[0]}.{python.version[1]}",
                "sys_platform": markers.sys_platform,
            }
        )


# The name may be a stranger's.
_SHOWN = 100


class UnknownTarget(ValueError):
    """A text that names no target. `reason` is a clause that says what is wrong, `nearest` are names that are alike."""

    def __init__(self, slug: str, reason: str, nearest: tuple[str, ...] = ()) -> None:
        super().__init__(slug, reason, nearest)
        self.slug = slug
        self.reason = reason
        self.nearest = nearest

    def __str__(self) -> str:
        text = gettext("{name} is not a target: {reason}")
        if self.nearest:
            text = gettext("{name} is not a target: {reason}; the nearest are {nearest}")
        return text.format(name=repr(self.slug[:_SHOWN]), reason=self.reason, nearest=join_words(self.nearest))


@functools.lru_cache(maxsize=2048)
def parse_target(slug: str) -> Target:
    """Return the target of a slug, in the catalogue or not: any known Python on any platform at any floor.

    Equal slugs give the same object, so its tags are computed once. Raises UnknownTarget.
    """
    python_slug, dash, platform_slug = slug.strip().lower().partition("-")
    if not dash:
        raise UnknownTarget(slug, gettext("a target is PYTHON-PLATFORM, as in cp313-win_amd64"))
    python = find_python(python_slug)
    if python is None:
        reason = gettext("{name} is not a known Python; try cp313, cp314t or pp311")
        raise UnknownTarget(slug, reason.format(name=repr(python_slug)))
    try:
        return Target(python, parse_platform(platform_slug))
    except UnknownPlatform as error:
        raise UnknownTarget(slug, str(error)) from error
