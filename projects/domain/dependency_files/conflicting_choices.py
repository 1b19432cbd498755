"""Groups and extras of which uv installs only one: `conflicts` in [tool.uv] and in uv.lock."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from packaging.utils import canonicalize_name

from projects.domain.dependency_files.documents import array, get_in, string
from projects.domain.dependency_files.values import Choice, ParsedFiles, RequirementScope
from scanner.domain.phrases import join_words

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


def conflicting_choices(parsed: ParsedFiles, groups: Collection[str], extras: Collection[str]) -> list[str]:
    """Return a sentence for each set of which more than one is chosen."""
    chosen = {(RequirementScope.GROUP, canonicalize_name(name)) for name in groups}
    chosen |= {(RequirementScope.EXTRA, canonicalize_name(name)) for name in extras}
    sentences = []
    for choices in parsed.conflicts:
        both = [f"{scope} {name}" for scope, name in choices if (scope, name) in chosen]
        if len(both) > 1:
            sentences.append(f"{join_words(both)}: the files declare that they conflict, and uv installs only one")
    return sentences
