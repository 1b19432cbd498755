"""The targets that stored assessments name. This version may not know all of them."""

from __future__ import annotations

from functools import lru_cache

from scanner.domain.targets.target import Target, UnknownTarget, parse_target


@lru_cache(maxsize=256)
def read_target(slug: str) -> Target | None:
    """Return the target; None for one that this version does not know, which a stored assessment may name."""
    try:
        return parse_target(slug)
    except UnknownTarget:
        return None
