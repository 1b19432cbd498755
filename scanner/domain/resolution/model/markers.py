"""Evaluate markers (PEP 508), each once for all targets that give its variables the same values."""

from __future__ import annotations

import re
from functools import lru_cache

from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName

from scanner.domain.parsing import parse_marker
from scanner.domain.resolution.model.requirement import Requirement
from scanner.domain.targets.target import Target

__all__ = ["MarkerMemo"]

_VARIABLE = re.compile(r"[a-z_]+(?:\.[a-z_]+)?")
# Names of the early drafts of the standard, which packaging still reads.
_OLD_NAMES = {
    "os.name": "os_name",
    "sys.platform": "sys_platform",
    "platform.version": "platform_version",
    "platform.machine": "platform_machine",
    "platform.python_implementation": "platform_python_implementation",
    "python_implementation": "platform_python_implementation",
}


@lru_cache(maxsize=8_192)
def _marker(text: str) -> Marker:
    return parse_marker(text)


@lru_cache(maxsize=8_192)
def _variables(text: str) -> tuple[str, ...]:
    """Return every word of a marker that could be one of its variables; words of quoted values may be among them."""
    return tuple(sorted({_OLD_NAMES.get(word, word) for word in _VARIABLE.findall(text)}))


@lru_cache(maxsize=65_536)
def _evaluate(text: str, shown: tuple[tuple[str, str], ...], extra: str) -> bool:
    try:
        return _marker(text).evaluate({**dict.fromkeys(_ALL, ""), **dict(shown), "extra": extra})
    except (UndefinedComparison, UndefinedEnvironmentName):
        return False


_ALL = (
    *("implementation_name", "implementation_version", "os_name", "platform_machine", "platform_release"),
    *("platform_python_implementation", "platform_system", "platform_version", "python_full_version"),
    *("python_version", "sys_platform"),
)


class MarkerMemo:
    """The markers that hold on a target. The environment is only the target's, never that of this process."""

    def __init__(self, target: Target) -> None:
        self._environment = dict(target.marker_environment)
        self._known: dict[tuple[str, str], bool] = {}

    def holds(self, requirement: Requirement, extra: str) -> bool:
        """Return whether a requirement applies with `extra`, "" for none. An invalid comparison does not."""
        text = requirement.marker
        if text is None:
            return True
        if requirement.only_extra is not None:
            return requirement.only_extra == extra
        key = (text, extra)
        known = self._known.get(key)
        if known is None:
            environment = self._environment
            # Targets that differ in nothing the marker mentions share its answer.
            shown = tuple((name, environment[name]) for name in _variables(text) if name in environment)
            known = self._known[key] = _evaluate(text, shown, extra)
        return known
