"""The words for obstacles, which follow the name of a release."""

from __future__ import annotations

from scanner.domain.resolution.explain.reasons import Obstacle
from scanner.domain.translation import gettext, noop

__all__ = ["obstacle_text"]

# What follows the name and version of a release, and the names of several.
_OBSTACLE_TEXTS = {
    Obstacle.PURE_SOURCE: (
        noop("has no wheel for it, only pure Python source to build"),
        noop("have no wheel for it, only pure Python source to build"),
    ),
    Obstacle.COMPILED_SOURCE: (
        noop("has no wheel for it, only source to compile"),
        noop("have no wheel for it, only source to compile"),
    ),
    Obstacle.UNSEEN_SOURCE: (
        noop("has no wheel for it, only source that was not looked into"),
        noop("have no wheel for it, only source that was not looked into"),
    ),
    Obstacle.UNREADABLE_SOURCE: (
        noop("has no wheel for it, only source that cannot be read"),
        noop("have no wheel for it, only source that cannot be read"),
    ),
    Obstacle.REQUIRES_PYTHON: (noop("excludes that Python"), noop("exclude that Python")),
    Obstacle.NO_FILE: (noop("has no file for it"), noop("have no file for it")),
    Obstacle.TOO_YOUNG: (noop("is younger than the policy allows"), noop("are younger than the policy allows")),
    Obstacle.KNOWN_BREAK: (noop("is known to break"), noop("are known to break")),
    Obstacle.NOT_DECLARED: (
        noop("does not declare that Python, which the project demands"),
        noop("do not declare that Python, which the project demands"),
    ),
    Obstacle.FAILED_PROOF: (noop("failed in the last proof"), noop("failed in the last proof")),
}


def obstacle_text(obstacle: Obstacle, *, several: bool = False) -> str:
    """Return what follows the name of a release, or of several: "has no file for it", "have no file for it"."""
    return gettext(_OBSTACLE_TEXTS[obstacle][several])
