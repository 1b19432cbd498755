"""Which Pythons a project is ready for as written, with upgrades, or not yet, in a line for each platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from projects.domain.assessment.verdicts import ProjectVerdict
from projects.presentation.columns import Column
from scanner.domain.phrases import join_words

_TEXTS = {
    ProjectVerdict.GO: "{} as written",
    ProjectVerdict.CONDITIONAL: "{} with upgrades",
    ProjectVerdict.NO_GO: "not yet {}",
    ProjectVerdict.UNKNOWN: "{} not known yet",
}


@dataclass(frozen=True, slots=True)
class ReadinessLine:
    """The line of platforms with equal verdicts: "Linux x86-64 and arm64", "3.11 as written; not yet 3.15"."""

    platforms: str
    text: str


def readiness_lines(columns: Sequence[Column], verdicts: Mapping[str, ProjectVerdict]) -> tuple[ReadinessLine, ...]:
    """Return a line for each platform, in the columns' order; platforms with the same text share one.

    A target without a verdict is unknown. There are no lines when every target is unknown.
    """
    by_platform: dict[str, list[Column]] = {}
    for column in columns:
        by_platform.setdefault(column.platform_slug, []).append(column)
    lines: dict[str, list[str]] = {}
    for group in by_platform.values():
        label = (
            f"{group[0].platform} ({group[0].floor})" if _has_several_floors(group[0], columns) else group[0].platform
        )
        lines.setdefault(_text(group, verdicts), []).append(label or group[0].python)
    if all(verdicts.get(column.slug, ProjectVerdict.UNKNOWN) == ProjectVerdict.UNKNOWN for column in columns):
        return ()
    return tuple(ReadinessLine(join_words(platforms), text) for text, platforms in lines.items())


def _text(group: Sequence[Column], verdicts: Mapping[str, ProjectVerdict]) -> str:
    parts = []
    for verdict, text in _TEXTS.items():
        pythons = [column.python for column in group if verdicts.get(column.slug, ProjectVerdict.UNKNOWN) == verdict]
        if pythons:
            parts.append(text.format(join_words(pythons)))
    return "; ".join(parts)


def _has_several_floors(column: Column, columns: Sequence[Column]) -> bool:
    """Return whether the columns have several floors of the platform."""
    floors = {other.platform_slug for other in columns if other.platform == column.platform}
    return len(floors) > 1 and bool(column.floor)
