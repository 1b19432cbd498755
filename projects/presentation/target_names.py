"""Many targets as one phrase: "Python 3.11 to 3.13 on macOS x86-64 and Windows 32-bit"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from projects.presentation.columns import Column, columns_of
from scanner.domain.phrases import join_words
from scanner.domain.targets.pythons import PYTHONS
from scanner.domain.translation import gettext

# From this length on, consecutive Pythons are written as a range.
_SHORTEST_RANGE = 3
# From this number on, parts are joined with semicolons, because they hold commas.
_MOST_WITHOUT_SEMICOLON = 2


def _flavour(slug: str) -> str:
    """Return "cp", "cpt" (free-threaded) or "pp": versions of one flavour are consecutive."""
    return slug[:2] + ("t" if slug.endswith("t") else "")


_SLUGS = sorted((python.slug for python in PYTHONS), key=_flavour)
_POSITIONS = {slug: position for position, slug in enumerate(_SLUGS)}


def describe_targets(slugs: Iterable[str]) -> str:
    """Return the targets as a phrase that names equal lists of Pythons once for all their platforms; "" for none."""
    by_platform: dict[tuple[str, str], list[Column]] = {}
    for column in columns_of(dict.fromkeys(slugs)):
        by_platform.setdefault((column.python_slug[:2], column.platform_slug), []).append(column)
    # Platforms with the same Pythons share a part, and floors of one platform share its name.
    floors: dict[tuple[str, str], list[str]] = {}
    for group in by_platform.values():
        floors.setdefault((_pythons(group), group[0].platform), []).append(group[0].floor)
    platforms: dict[str, list[str]] = {}
    for (pythons, platform), platform_floors in floors.items():
        platforms.setdefault(pythons, []).append(_platform(platform, platform_floors))
    parts = [_on(pythons, names) for pythons, names in platforms.items()]
    return join_words(parts) if len(parts) <= _MOST_WITHOUT_SEMICOLON else "; ".join(parts)


def _on(pythons: str, names: Sequence[str]) -> str:
    return (
        gettext("{python} on {platform}").format(python=pythons, platform=join_words(names)) if any(names) else pythons
    )


def _platform(platform: str, floors: Sequence[str]) -> str:
    named = [floor for floor in floors if floor]
    if not named:
        return platform
    # "glibc 2.17 and 2.28": the library is named once.
    unit = named[0].rpartition(" ")[0]
    rest = [floor.removeprefix(f"{unit} ") for floor in named[1:]]
    return f"{platform} ({join_words([named[0], *rest])})"


def _pythons(columns: Sequence[Column]) -> str:
    runs: list[list[Column]] = []
    for column in sorted(columns, key=lambda column: _POSITIONS.get(column.python_slug, len(_POSITIONS))):
        if runs and _is_next(runs[-1][-1].python_slug, column.python_slug):
            runs[-1].append(column)
        else:
            runs.append([column])
    text = join_words([name for run in runs for name in _run(run)])
    return f"Python {text}" if text[:1].isdigit() else text


def _run(run: Sequence[Column]) -> list[str]:
    if len(run) < _SHORTEST_RANGE:
        return [column.python for column in run]
    last = run[-1].python.removeprefix("PyPy ")
    return [gettext("{first} to {last}").format(first=run[0].python, last=last)]


def _is_next(before: str, after: str) -> bool:
    """Return whether one Python is the next version of the same flavour after another."""
    if before not in _POSITIONS or after not in _POSITIONS or _flavour(before) != _flavour(after):
        return False
    return _POSITIONS[after] == _POSITIONS[before] + 1
