"""What people read of the conditions that leave a target out: requires-python, and what a lock was made for."""

from __future__ import annotations

from collections.abc import Sequence

from projects.domain.dependency_files.target_limits import LimitKind
from projects.domain.rewriting.limit_changes import LimitChange
from scanner.domain.phrases import count, join_words

_MAX_NAMES = 3


def limit_text(limit: LimitChange) -> str:
    """Return one condition as a clause: "the project requires Python >=3.11,<3.14 (pyproject.toml line 4)"."""
    place = f"({limit.path} line {limit.line})" if limit.line and not limit.is_locked else f"({limit.path})"
    match limit.kind:
        case LimitKind.REQUIRES_PYTHON:
            return f"the project requires Python {limit.before} {place}"
        case LimitKind.LOCK_PYTHON:
            return f"it is locked for Python {limit.before} {place}"
        case LimitKind.LOCK_ENVIRONMENTS:
            return f"it is locked for {limit.before} only {place}"
        case LimitKind.LOCKED_PACKAGE:
            return f"{limit.package} is locked for Python {limit.before} {place}"
        case LimitKind.LISTED_FILES:
            return f"no file of {limit.package} {limit.before} whose hash is listed fits {place}"


def limits_text(limits: Sequence[LimitChange]) -> str:
    """Return all conditions as one clause; empty where there are none."""
    if not limits:
        return ""
    shown = [limit_text(limit) for limit in limits[:_MAX_NAMES]]
    more = [count(len(limits) - _MAX_NAMES, "more condition")] if len(limits) > _MAX_NAMES else []
    return join_words([*shown, *more])


def limit_advice(limit: LimitChange) -> str:
    """Return what a plan does about one condition, as a sentence."""
    text = limit_text(limit)
    text = f"{text[:1].upper()}{text[1:]}"
    if limit.kind is LimitKind.LISTED_FILES:
        return f"{text}: list its hashes again."
    if limit.is_locked:
        return f"{text}: lock again."
    return f"{text}: change it by hand." if limit.after is None else f"{text}: it becomes {limit.after}."
