"""What a gate says of the changes against a baseline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from projects.domain.dependency_files.target_limits import LimitKind
from projects.domain.gate.comparison import TargetChange
from projects.presentation.limits import limit_advice
from scanner.domain.phrases import agree, count, join_words


def gate_lines(changes: Sequence[TargetChange]) -> list[str]:
    """Return a line for each thing that changed since the baseline, worse things first."""
    if all(change.is_empty for change in changes):
        return ["Since the baseline: nothing new blocks, and nothing that blocked has fallen."]
    worse = [f"✕ {line}" for change in changes for line in _worse(change)]
    better = [f"✓ {line}" for change in changes for line in _better(change)]
    return ["Since the baseline:", *worse, *better]


def findings_line(new: int, known: int) -> str:
    """Return how many findings of an audit the baseline does not have."""
    return f"Since the baseline: {count(new, 'new finding')}, {count(known, 'known one')}."


def _worse(change: TargetChange) -> Iterable[str]:
    if change.new:
        yield f"{change.target}: {join_words(change.new)} {agree(len(change.new), 'blocks', 'block')}, which is new."
    if change.new_conflict:
        yield f"{change.target}: the requirements contradict each other, which is new."
    if change.is_unknown:
        yield f"{change.target}: not known now, so it cannot be compared."


def _better(change: TargetChange) -> Iterable[str]:
    if change.fallen:
        yield f"{change.target}: {join_words(change.fallen)} {agree(len(change.fallen), 'blocks', 'block')} no more."
    if change.became_ready:
        caps = [limit for limit in change.limits if limit.kind is LimitKind.REQUIRES_PYTHON]
        lift = "".join(f" The cap can be lifted now: {_uncapitalised(limit_advice(limit))}" for limit in caps)
        yield f"{change.target}: nothing blocks the move any more.{lift}"


def _uncapitalised(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"


def gate_document(changes: Sequence[TargetChange]) -> list[dict[str, Any]]:
    """Return the changes as `changes` of the JSON document (docs/schema.md)."""
    return [
        {
            "target": change.target,
            "new_blockers": list(change.new),
            "fallen_blockers": list(change.fallen),
            "new_conflict": change.new_conflict,
            "became_ready": change.became_ready,
            "limits": [limit.to_json() for limit in change.limits],
        }
        for change in changes
    ]
