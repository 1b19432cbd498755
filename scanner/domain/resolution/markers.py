"""Markers of one target, each evaluated once."""

from __future__ import annotations

from functools import lru_cache

from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName

from scanner.domain.targets import Target

from .asks import Ask

__all__ = ["MarkerMemo"]


@lru_cache(maxsize=8_192)
def _marker(text: str) -> Marker:
    return Marker(text)


class MarkerMemo:
    """Whether asks count on a target. The environment is the target's alone, never this server's."""

    def __init__(self, target: Target) -> None:
        self._environment = dict(target.marker_environment)
        self._known: dict[tuple[str, str], bool] = {}

    def holds(self, ask: Ask, extra: str) -> bool:
        """Whether the ask counts when `extra` (or "" for none) is wanted. A comparison without sense does not hold."""
        text = ask.marker
        if text is None:
            return True
        if ask.only_extra is not None:
            return ask.only_extra == extra
        key = (text, extra)
        known = self._known.get(key)
        if known is None:
            try:
                known = _marker(text).evaluate({**self._environment, "extra": extra})
            except (UndefinedComparison, UndefinedEnvironmentName):
                known = False
            self._known[key] = known
        return known
