"""Requirements that several others imply: what releases with different requirements have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from packaging.specifiers import InvalidSpecifier, Specifier
from packaging.version import InvalidVersion, Version

from scanner.domain.files.core_metadata import parse_specifier
from scanner.domain.resolution.model.requirement import specifiers_of

__all__ = ["weaker_specifiers"]


def weaker_specifiers(specifiers: Sequence[str]) -> Iterator[str]:
    """Yield specifiers that admit all that any of these admits, the shortest first; nothing for what has no order.

    They are none at all, the loosest lower bound, the loosest upper bound, both, and the clauses that all have.
    """
    try:
        parts = [list(parse_specifier(one)) for text in specifiers for one in specifiers_of(text)]
    except InvalidSpecifier:
        return
    lower, upper = _loosest(parts, _lower, min), _loosest(parts, _upper, max)
    shared = set.intersection(*({str(clause) for clause in clauses} for clauses in parts)) if parts else set()
    both = ",".join(filter(None, (lower, upper)))
    yield from dict.fromkeys(("", lower, upper, both, ",".join(sorted(shared, reverse=True))))


_Bound = tuple[Version, int, str]


def _loosest(
    parts: Iterable[Sequence[Specifier]],
    bound: Callable[[Specifier], _Bound | None],
    pick: Callable[[Iterable[_Bound]], _Bound],
) -> str:
    """Return the clause of the loosest bound; empty where one of the specifiers has none."""
    strictest = max if pick is min else min
    found = []
    for clauses in parts:
        bounds = [one for clause in clauses if (one := bound(clause)) is not None]
        if not bounds:
            return ""
        found.append(strictest(bounds))
    return pick(found)[2] if found else ""


# No order compares a local version, so that a bound is public; it admits the local ones of its own.
def _lower(clause: Specifier) -> _Bound | None:
    version = _version(clause)
    if version is None or clause.operator not in {">", ">=", "==", "===", "~="}:
        return None
    strict = clause.operator == ">"
    return version, int(strict), f"{'>' if strict else '>='}{version.public}"


def _upper(clause: Specifier) -> _Bound | None:
    version = _version(clause)
    if version is None:
        return None
    star = clause.version.endswith(".*")
    match clause.operator:
        case "<":
            return version, 0, f"<{version}"
        case "<=" | "===":
            return version, 1, f"<={version.public}"
        case "==":
            ceiling = _next(version, len(version.release))
            return (ceiling, 0, f"<{ceiling}") if star else (version, 1, f"<={version.public}")
        case "~=":
            ceiling = _next(version, len(version.release) - 1)
            return ceiling, 0, f"<{ceiling}"
        case _:
            return None


def _next(version: Version, parts: int) -> Version:
    """Return the first version after all that begin with these parts of a version."""
    *first, last = version.release[:parts]
    return Version(f"{version.epoch}!{'.'.join(map(str, (*first, last + 1)))}")


def _version(clause: Specifier) -> Version | None:
    try:
        return Version(clause.version.removesuffix(".*"))
    except InvalidVersion:
        return None
