"""The requirements that count: always the main ones, and those of the groups and extras that a project chooses."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from msgspec import Struct
from msgspec.structs import replace
from packaging.utils import canonicalize_name

from projects.domain.dependency_files.values import Choice, ParsedFiles, ParsedRequirement, RequirementScope
from scanner.domain.phrases import join_words

# A name has no colon.
_GROUP, _EXTRA = "group:", "extra:"


class AvailableGroups(Struct, frozen=True):
    """The groups and extras to choose from, sorted; `groups` has tool environments and build requirements too.

    Of each set of `conflicts` only one can be chosen.
    """

    groups: tuple[str, ...]
    extras: tuple[str, ...]
    conflicts: tuple[tuple[Choice, ...], ...] = ()


class UnknownChoice(Struct, frozen=True):
    """A chosen group or extra (`kind`) that no file names, with the nearest names and all that there are."""

    kind: str
    name: str
    nearest: tuple[str, ...]
    available: tuple[str, ...]

    def __str__(self) -> str:
        """Return what is wrong and what to write instead."""
        if self.nearest:
            hint = f"did you mean {join_words(self.nearest, 'or')}?"
        elif self.available:
            hint = f"they name {join_words(self.available[:20])}"
        else:
            hint = f"they name no {self.kind}"
        return f"--{self.kind} {self.name}: the files name no such {self.kind}; {hint}"


def available_groups(parsed: ParsedFiles) -> AvailableGroups:
    """Return the groups and extras that the files name."""
    extras = {name for scope, name in parsed.choices if scope is RequirementScope.EXTRA}
    groups = {name for scope, name in parsed.choices if scope is not RequirementScope.EXTRA}
    for requirement in parsed.requirements:
        if requirement.scope is RequirementScope.EXTRA:
            extras.update(requirement.groups)
        elif requirement.scope is not RequirementScope.MAIN:
            groups.update(requirement.groups)
    return AvailableGroups(tuple(sorted(groups)), tuple(sorted(extras)), parsed.conflicts)


def choices_of(groups: Iterable[str], extras: Iterable[str]) -> set[Choice]:
    """Return these groups and extras as choices, with normalised names."""
    made = {(RequirementScope.GROUP, canonicalize_name(name)) for name in groups}
    return made | {(RequirementScope.EXTRA, canonicalize_name(name)) for name in extras}


def default_choices(parsed: ParsedFiles) -> list[str]:
    """Return the groups that the project's tool installs by default, as a project stores its choice."""
    extras = {canonicalize_name(name) for name in available_groups(parsed).extras}
    return [f"{_GROUP}{name}" if canonicalize_name(name) in extras else name for name in parsed.default_groups]


def split_choices(stored: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the groups and the extras of a stored choice.

    "dev" chooses what has that name, "group:dev" and "extra:dev" one of two that have it.
    """
    groups, extras = [], []
    for name in stored:
        if not name.startswith(_EXTRA):
            groups.append(name.removeprefix(_GROUP))
        if not name.startswith(_GROUP):
            extras.append(name.removeprefix(_EXTRA))
    return groups, extras


def stored_choices(available: AvailableGroups) -> list[tuple[str, RequirementScope, str]]:
    """Return each group, then each extra: as a project stores it, what it is, and its name."""
    both = {canonicalize_name(name) for name in available.groups}
    both &= {canonicalize_name(name) for name in available.extras}
    return [
        (f"{prefix}{name}" if canonicalize_name(name) in both else name, scope, name)
        for prefix, scope, names in (
            (_GROUP, RequirementScope.GROUP, available.groups),
            (_EXTRA, RequirementScope.EXTRA, available.extras),
        )
        for name in names
    ]


def unknown_choices(parsed: ParsedFiles, groups: Collection[str], extras: Collection[str]) -> list[UnknownChoice]:
    """Return the chosen groups and extras that the files do not name, in the given order."""
    available = available_groups(parsed)
    found = []
    for kind, chosen, names in (("group", groups, available.groups), ("extra", extras, available.extras)):
        known: dict[str, str] = {canonicalize_name(name): name for name in names}
        for name in chosen:
            if canonicalize_name(name) not in known:
                nearest = get_close_matches(canonicalize_name(name), known, n=3)
                found.append(UnknownChoice(kind, name, tuple(known[one] for one in nearest), names))
    return found


def select(
    parsed: ParsedFiles, groups: Collection[str] = (), extras: Collection[str] = ()
) -> tuple[ParsedRequirement, ...]:
    """Return the requirements that count, in file order. Names are compared normalised; the default is main alone.

    A requirement of the project's own name with extras ("app[all]") chooses those extras and is left out itself.
    A locked package may belong to both an extra and a group: either choice includes it. A group of an extra's name does
    not choose the extra.
    """
    extra_names = {canonicalize_name(name) for scope, name in parsed.choices if scope is RequirementScope.EXTRA}
    wanted_groups = {canonicalize_name(name) for name in groups}
    wanted_extras: set[str] = {canonicalize_name(name) for name in extras}
    own = set(parsed.project_names)
    asked: list[ParsedRequirement] = [found for found in parsed.requirements if found.name in own and found.extras]
    waiting = list(wanted_extras)
    behind: dict[str, list[str]] = {}
    for found in asked:
        names = [canonicalize_name(extra) for extra in found.extras]
        if found.scope is RequirementScope.EXTRA:
            for group in found.groups:
                behind.setdefault(canonicalize_name(group), []).extend(names)
        elif _counts(found, wanted_groups, (), extra_names):
            waiting.extend(names)
    wanted_extras = set()
    while waiting:
        extra = waiting.pop()
        if extra not in wanted_extras:
            wanted_extras.add(extra)
            waiting.extend(behind.get(extra, ()))
    counted: dict[ParsedRequirement | int, ParsedRequirement] = {}
    for position, found in enumerate(parsed.requirements):
        if _counts(found, wanted_groups, wanted_extras, extra_names) and not (found.name in own and found.extras):
            # A locked package has an entry for each way to choose it; chosen twice it is still one package.
            chosen = replace(found, scope=RequirementScope.MAIN, groups=()) if found.locked else position
            counted.setdefault(chosen, found)
    return tuple(counted.values())


def _counts(
    requirement: ParsedRequirement, groups: Collection[str], extras: Collection[str], extra_names: Collection[str]
) -> bool:
    names = [canonicalize_name(name) for name in requirement.groups]
    if requirement.scope is RequirementScope.MAIN:
        return True
    if requirement.scope is RequirementScope.EXTRA:
        joined = [name for name in names if name not in extra_names] if requirement.locked else []
        return any(name in extras for name in names) or any(name in groups for name in joined)
    return any(name in groups for name in names)
