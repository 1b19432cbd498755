"""The ladder in a sentence: which Python a project reaches as written, with upgrades, or not yet, by platform. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from projects.domain.assessment.verdicts import ProjectVerdict
from projects.presentation.columns import Column
from scanner.domain.phrases import join_words

_WORDS = {
    ProjectVerdict.GO: "{} as written",
    ProjectVerdict.CONDITIONAL: "{} with upgrades",
    ProjectVerdict.NO_GO: "not yet {}",
    ProjectVerdict.UNKNOWN: "{} not known yet",
}


@dataclass(frozen=True, slots=True)
class Reach:
    """What is said of platforms that read alike: "Linux x86-64 and arm64", "3.11 as written; not yet 3.15"."""

    platforms: str
    words: str


def reach_of(columns: Sequence[Column], verdicts: Mapping[str, ProjectVerdict]) -> tuple[Reach, ...]:
    """One sentence a platform in the columns' order; platforms with the same sentence share it.

    A target without a verdict is unknown. Nothing is said where every target is unknown.
    """
    by_platform: dict[str, list[Column]] = {}
    for column in columns:
        by_platform.setdefault(column.platform_slug, []).append(column)
    said: dict[str, list[str]] = {}
    for group in by_platform.values():
        label = f"{group[0].platform} ({group[0].floor})" if _is_twice(group[0], columns) else group[0].platform
        said.setdefault(_words(group, verdicts), []).append(label or group[0].python)
    if all(verdicts.get(column.slug, ProjectVerdict.UNKNOWN) == ProjectVerdict.UNKNOWN for column in columns):
        return ()
    return tuple(Reach(join_words(platforms), words) for words, platforms in said.items())


def _words(group: Sequence[Column], verdicts: Mapping[str, ProjectVerdict]) -> str:
    parts = []
    for verdict, words in _WORDS.items():
        pythons = [column.python for column in group if verdicts.get(column.slug, ProjectVerdict.UNKNOWN) == verdict]
        if pythons:
            parts.append(words.format(join_words(pythons)))
    return "; ".join(parts)


def _is_twice(column: Column, columns: Sequence[Column]) -> bool:
    """Whether the platform's name stands for several floors here."""
    floors = {other.platform_slug for other in columns if other.platform == column.platform}
    return len(floors) > 1 and bool(column.floor)
