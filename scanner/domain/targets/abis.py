"""The ABIs whose wheels a Python loads: its own, the stable ones (abi3, abi3t) since 3.2, and none.

A supported tag is an (interpreter, ABI) pair and a platform. The pairs depend on the Python only.
"""

import functools
from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

from msgspec import Struct
from packaging.tags import Tag, compatible_tags, cpython_tags, generic_tags

from scanner.domain.targets.pythons import Implementation, Python


class TagPriority(IntEnum):
    """A class of tags, in the order in which installers prefer them. Values are positions, best first."""

    OWN_ABI = 0  # cp313-cp313-PLATFORM
    OWN_STABLE = 1  # cp313-abi3-PLATFORM
    OWN_NO_ABI = 2  # cp313-none-PLATFORM
    OLDER_STABLE = 3  # cp37-abi3-PLATFORM
    NO_ABI = 4  # py3-none-PLATFORM
    ANYWHERE = 5  # py3-none-any


STABLE_ABIS = frozenset({"abi3", "abi3t"})
AbiPair = tuple[str, str]


class SupportedPairs(Struct, frozen=True):
    """The (interpreter, ABI) pairs that a Python loads, best first: with a platform tag, and with "any"."""

    with_platform: Mapping[AbiPair, TagPriority]
    anywhere: Mapping[AbiPair, TagPriority]


@functools.cache
def supported_pairs(python: Python) -> SupportedPairs:
    """Return the pairs of a Python, computed by `packaging.tags`."""
    # Without every argument packaging.tags describes this machine; the platform is ignored below.
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
            with_platform.setdefault(pair, _priority(pair, python))
    return SupportedPairs(MappingProxyType(with_platform), MappingProxyType(anywhere))


def _priority(pair: AbiPair, python: Python) -> TagPriority:
    interpreter, abi = pair
    own = interpreter == python.interpreter
    if abi in STABLE_ABIS:
        return TagPriority.OWN_STABLE if own else TagPriority.OLDER_STABLE
    if abi == "none":
        return TagPriority.OWN_NO_ABI if own else TagPriority.NO_ABI
    return TagPriority.OWN_ABI
