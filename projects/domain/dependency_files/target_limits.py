"""What a project or its lock says of the targets as a whole: requires-python, and environments."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct
from packaging.markers import InvalidMarker, UndefinedComparison, UndefinedEnvironmentName

from scanner.domain.matching.availability import accepts_python
from scanner.domain.parsing import parse_marker
from scanner.domain.targets.target import Target


class LimitKind(StrEnum):
    """What states a limit: the project, its lock as a whole, the lock for one package, or the hashes of its files."""

    REQUIRES_PYTHON = "requires-python"
    ENVIRONMENTS = "environments"
    LOCK_PYTHON = "lock-python"
    LOCK_ENVIRONMENTS = "lock-environments"
    LOCKED_PACKAGE = "locked-package"
    LISTED_FILES = "listed-files"

    @property
    def is_locked(self) -> bool:
        """Whether a lock states it, so that locking again may lift it."""
        return self not in {LimitKind.REQUIRES_PYTHON, LimitKind.ENVIRONMENTS}


class TargetLimit(Struct, frozen=True):
    """A condition that a target must fulfil, as written in `text`.

    It must be admitted by one of `specifiers`, where there are any, and by one of `markers`. The limit of a locked
    `package` counts where its `condition` holds.
    """

    kind: LimitKind
    text: str
    source: str
    line: int | None
    specifiers: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()
    package: str = ""
    condition: str | None = None

    def admits(self, target: Target) -> bool:
        """Return whether the target fulfils the condition."""
        if self.condition is not None and not _holds((self.condition,), target):
            return True
        release = target.python.release
        has_python = not self.specifiers or any(accepts_python(one, release) for one in self.specifiers)
        return has_python and (not self.markers or _holds(self.markers, target))


def _holds(markers: Iterable[str], target: Target) -> bool:
    environment = {"extra": "", **target.marker_environment}
    try:
        return any(parse_marker(text).evaluate(environment) for text in markers)
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName):
        return True
