"""Conflicting groups and extras: the `conflicts` of [tool.uv] and of uv.lock."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from packaging.utils import canonicalize_name

from projects.domain.dependency_files.documents import array, get_in, string
from projects.domain.dependency_files.selection import choices_of
from projects.domain.dependency_files.values import Choice, RequirementScope
from scanner.domain.phrases import join_words
from scanner.domain.translation import gettext

_KINDS = {"extra": RequirementScope.EXTRA, "group": RequirementScope.GROUP}


def read_conflicts(sets: object) -> Iterable[tuple[Choice, ...]]:
    """Yield the choices of each set of `conflicts`; what is a package as a whole is no choice."""
    for entries in array(sets):
        found = [
            (scope, canonicalize_name(name[:120]))
            for entry in array(entries)
            for kind, scope in _KINDS.items()
            if (name := string(get_in(entry, kind)))
        ]
        if len(found) > 1:
            yield tuple(found)


def conflicting_choices(
    conflicts: Iterable[tuple[Choice, ...]], groups: Collection[str], extras: Collection[str]
) -> list[str]:
    """Return a message for each of the conflicts in which more than one choice was made."""
    chosen = choices_of(groups, extras)
    sentence = gettext("{choices}: the files declare that they conflict, and uv installs only one")
    found = ([f"{scope} {name}" for scope, name in choices if (scope, name) in chosen] for choices in conflicts)
    return [sentence.format(choices=join_words(both)) for both in found if len(both) > 1]
