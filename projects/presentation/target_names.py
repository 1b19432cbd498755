"""Many targets in few words: "Python 3.11 to 3.13 on macOS x86-64 and Windows 32-bit". Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from projects.presentation.columns import Column, columns_of
from scanner.domain.phrases import join_words
from scanner.domain.targets.pythons import PYTHONS

# Fewer than so many in a row are named one by one.
_RUN = 3
# From so many parts on, commas within them would be lost among those between them.
_LIST = 3


def _flavour(slug: str) -> str:
    """Interpreters of one kind follow one another: "cp", "cpt" (free-threaded), "pp"."""
    return slug[:2] + ("t" if slug.endswith("t") else "")


_SLUGS = sorted((python.slug for python in PYTHONS), key=_flavour)
_PLACE = {slug: place for place, slug in enumerate(_SLUGS)}


def describe_targets(slugs: Iterable[str]) -> str:
    """The targets in words, each platform once for all Pythons that read alike. "" for none."""
    pythons: dict[tuple[str, str], list[Column]] = {}
    for column in columns_of(dict.fromkeys(slugs)):
        pythons.setdefault((column.python_slug[:2], column.platform_slug), []).append(column)
    # Floors of one platform with the same Pythons are one platform; platforms with the same Pythons share them.
    floors: dict[tuple[str, str], list[str]] = {}
    for group in pythons.values():
        floors.setdefault((_pythons(group), group[0].platform), []).append(group[0].floor)
    platforms: dict[str, list[str]] = {}
    for (words, platform), its in floors.items():
        platforms.setdefault(words, []).append(_platform(platform, its))
    said = [f"{words} on {join_words(its)}" if any(its) else words for words, its in platforms.items()]
    return join_words(said) if len(said) < _LIST else "; ".join(said)


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
    for column in sorted(columns, key=lambda column: _PLACE.get(column.python_slug, len(_PLACE))):
        if runs and _follows(runs[-1][-1].python_slug, column.python_slug):
            runs[-1].append(column)
        else:
            runs.append([column])
    said = join_words([words for run in runs for words in _run(run)])
    return f"Python {said}" if said[:1].isdigit() else said


def _run(run: Sequence[Column]) -> list[str]:
    if len(run) < _RUN:
        return [column.python for column in run]
    return [f"{run[0].python} to {run[-1].python.removeprefix('PyPy ')}"]


def _follows(before: str, after: str) -> bool:
    """Whether one Python is the next of its kind after another."""
    if before not in _PLACE or after not in _PLACE or _flavour(before) != _flavour(after):
        return False
    return _PLACE[after] == _PLACE[before] + 1
