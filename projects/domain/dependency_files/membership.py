"""Conditions on extras and dependency groups inside markers, resolved while a lock is read.

Locks write who chooses a package into its marker: `"tls" in extras`, `"dev" in dependency_groups` (PEP 751) or
`extra == "tls"`. No environment has a value for these, so a package's marker is split into cases here: for each way to
choose the package, its scope, the names that choose it, and the rest of the marker, which is about the environment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct
from packaging.utils import canonicalize_name

from projects.domain.dependency_files.pep508 import MalformedRequirement, normalize_marker
from projects.domain.dependency_files.values import RequirementScope

_MENTIONED = re.compile(r"\b(?:extras?|dependency_groups)\b")
_TOKEN = re.compile(r"\s*(\(|\)|\"[^\"]*\"|'[^']*'|not\s+in\b|[A-Za-z_][\w.]*|[<>=!~]+)")
_SCOPES = {
    "extra": RequirementScope.EXTRA,
    "extras": RequirementScope.EXTRA,
    "dependency_groups": RequirementScope.GROUP,
}
# Names times characters of a marker; above it the package counts always, because each name takes one pass.
_MAX_WORK = 20_000

# Whether an extra or a group, by its scope and normalised name, is chosen.
Membership = Callable[[RequirementScope, str], bool]
# A comparison or a parenthesis resolved to its text, or to what it always is.
_Resolved = str | bool


class MarkerCase(Struct, frozen=True):
    """One way to choose a package: always (`main`, no names), or any of the named extras or groups."""

    scope: RequirementScope
    names: tuple[str, ...]
    marker: str | None


def split_marker(marker: str | None, defaults: Iterable[str] = ()) -> list[MarkerCase]:
    """Return the cases of a normalised marker; `defaults` are the groups that are always chosen.

    There is at least one case: a marker that only several choices together fulfil counts always, because a package
    must not be lost.
    """
    if marker is None or not _MENTIONED.search(marker):
        return [MarkerCase(RequirementScope.MAIN, (), marker)]
    always = {canonicalize_name(name[:120]) for name in defaults}
    named: dict[tuple[RequirementScope, str], None] = {}

    def note(scope: RequirementScope, name: str) -> bool:
        named[scope, name] = None
        return True

    everything = resolve_membership(marker, note)

    def by_default(scope: RequirementScope, name: str) -> bool:
        return scope is RequirementScope.GROUP and name in always

    base = resolve_membership(marker, by_default)
    found = [] if base is False else [MarkerCase(RequirementScope.MAIN, (), _text(base))]
    names: dict[tuple[RequirementScope, str | None], list[str]] = {}
    if len(named) * len(marker) > _MAX_WORK:
        return [MarkerCase(RequirementScope.MAIN, (), _text(everything))]
    for one in named if base is not True else ():
        with_one = resolve_membership(marker, _chosen(one, by_default))
        if with_one is not False and with_one != base:
            names.setdefault((one[0], _text(with_one)), []).append(one[1])
    found += [MarkerCase(scope, tuple(several), rest) for (scope, rest), several in names.items()]
    return found or [MarkerCase(RequirementScope.MAIN, (), None if everything is False else _text(everything))]


def _chosen(one: tuple[RequirementScope, str], by_default: Membership) -> Membership:
    return lambda scope, name: (scope, name) == one or by_default(scope, name)


def resolve_membership(marker: str, is_member: Membership) -> _Resolved:
    """Return the rest of a normalised marker once the conditions on extras and groups have their values.

    The result is True or False if nothing is left. A condition in an unusual form counts as fulfilled.
    """
    tokens = [found[1] for found in _TOKEN.finditer(marker)]
    try:
        value, position = _either(tokens, 0, is_member)
    except (IndexError, RecursionError) as error:
        raise MalformedRequirement(f"{marker[:200]!r} is not a valid environment marker") from error
    if position != len(tokens):
        raise MalformedRequirement(f"{marker[:200]!r} is not a valid environment marker")
    return value


def fulfil_membership(marker: str | None, is_member: Membership = lambda scope, name: True) -> str | None:
    """Return the rest of a marker whose package is known to be chosen by what `is_member` says.

    Where that contradicts the marker all its conditions on extras and groups count as fulfilled.
    """
    if marker is None or not _MENTIONED.search(marker):
        return marker
    value = resolve_membership(marker, is_member)
    if value is False:
        value = resolve_membership(marker, lambda scope, name: True)
    return None if value is False else _text(value)


def _text(value: _Resolved) -> str | None:
    return normalize_marker(value) if isinstance(value, str) else None


def _either(tokens: Sequence[str], position: int, is_member: Membership) -> tuple[_Resolved, int]:
    value, position = _both(tokens, position, is_member)
    values = [value]
    while position < len(tokens) and tokens[position] == "or":
        value, position = _both(tokens, position + 1, is_member)
        values.append(value)
    if True in values:
        return True, position
    texts = list(dict.fromkeys(value for value in values if isinstance(value, str)))
    return " or ".join(texts) if texts else False, position


def _both(tokens: Sequence[str], position: int, is_member: Membership) -> tuple[_Resolved, int]:
    value, position = _single(tokens, position, is_member)
    values = [value]
    while position < len(tokens) and tokens[position] == "and":
        value, position = _single(tokens, position + 1, is_member)
        values.append(value)
    if False in values:
        return False, position
    texts = list(dict.fromkeys(value for value in values if isinstance(value, str)))
    return " and ".join(texts) if texts else True, position


def _single(tokens: Sequence[str], position: int, is_member: Membership) -> tuple[_Resolved, int]:
    if tokens[position] == "(":
        value, position = _either(tokens, position + 1, is_member)
        if tokens[position] != ")":
            raise IndexError
        # The parentheses are needed only around a union; a conjunction in them does no harm.
        return f"({value})" if isinstance(value, str) and " or " in value else value, position + 1
    left, operator, right = tokens[position], " ".join(tokens[position + 1].split()), tokens[position + 2]
    variable, value = (left, right) if left in _SCOPES else (right, left)
    if variable not in _SCOPES:
        return f"{left} {operator} {right}", position + 3
    name = canonicalize_name(value.strip("\"'")[:120])
    if operator in {"==", "===", "in"}:
        return is_member(_SCOPES[variable], name), position + 3
    if operator in {"!=", "not in"}:
        return not is_member(_SCOPES[variable], name), position + 3
    return True, position + 3
