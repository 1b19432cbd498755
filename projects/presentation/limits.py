"""What people read of the conditions that leave a target out: requires-python, and what a lock was made for."""

from __future__ import annotations

from collections.abc import Sequence

from projects.domain.dependency_files.target_limits import LimitKind
from projects.domain.rewriting.limit_changes import LimitChange
from scanner.domain.phrases import join_words
from scanner.domain.translation import gettext, ngettext

_MAX_NAMES = 3


def limit_text(limit: LimitChange) -> str:
    """Return one condition as a clause: "the project requires Python >=3.11,<3.14 (pyproject.toml line 4)"."""
    place = f"({limit.path})"
    if limit.line and not limit.is_locked:
        place = gettext("({path} line {line})").format(path=limit.path, line=limit.line)
    match limit.kind:
        case LimitKind.REQUIRES_PYTHON:
            text = gettext("the project requires Python {limit} {place}")
        case LimitKind.ENVIRONMENTS:
            text = gettext("the project is for {limit} only {place}")
        case LimitKind.LOCK_PYTHON:
            text = gettext("it is locked for Python {limit} {place}")
        case LimitKind.LOCK_ENVIRONMENTS:
            text = gettext("it is locked for {limit} only {place}")
        case LimitKind.LOCKED_PACKAGE:
            text = gettext("{package} is locked for Python {limit} {place}")
        case LimitKind.LISTED_FILES:
            text = gettext("no file of {package} {limit} whose hash is listed fits {place}")
    return text.format(package=limit.package, limit=limit.before, place=place)


def limits_text(limits: Sequence[LimitChange]) -> str:
    """Return all conditions as one clause; empty where there are none."""
    if not limits:
        return ""
    shown = [limit_text(limit) for limit in limits[:_MAX_NAMES]]
    more = len(limits) - _MAX_NAMES
    if more > 0:
        shown.append(ngettext("{count} more condition", "{count} more conditions", more).format(count=more))
    return join_words(shown)


def limit_advice(limit: LimitChange) -> str:
    """Return what a plan does about one condition, as a sentence."""
    text = limit_text(limit)
    text = f"{text[:1].upper()}{text[1:]}"
    if limit.kind is LimitKind.LISTED_FILES:
        advice = gettext("{condition}: list its hashes again.")
    elif limit.is_locked:
        advice = gettext("{condition}: lock again.")
    elif limit.after is None:
        advice = gettext("{condition}: change it by hand.")
    else:
        advice = gettext("{condition}: it becomes {limit}.")
    return advice.format(condition=text, limit=limit.after)
