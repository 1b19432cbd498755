"""What building a release from its sdist would need, as far as its wheels tell. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.domain.availability import Availability

PURE = "pure"
COMPILED = "compiled"
UNSEEN = "unseen"

_COMPILED = frozenset({Availability.NATIVE, Availability.ABI3, Availability.FALLBACK})


def infer_build(offered: Iterable[Availability]) -> str:
    """`compiled` when the release has compiled wheels for some target, `pure` when it has a plain one, else `unseen`.

    `offered` is the release's availability over the whole catalogue. Looking into the sdist tells more.
    """
    seen = set(offered)
    if seen & _COMPILED:
        return COMPILED
    return PURE if Availability.PURE in seen else UNSEEN
