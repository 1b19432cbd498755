"""The stored form of a conflict: its data as JSON text, or a derivation as earlier versions wrote it."""

from __future__ import annotations

import json

from scanner.domain.resolution.explain.conflict import ConflictExplanation


def conflict_to_text(conflict: ConflictExplanation | None) -> str:
    """Return what `conflict_from_text` reads; "" for no conflict."""
    return "" if conflict is None else json.dumps(conflict.to_json(), separators=(",", ":"))


def conflict_from_text(text: str) -> ConflictExplanation | None:
    """Return a stored conflict; None for no conflict. An earlier version stored sentences."""
    if not text:
        return None
    if text.startswith("{"):
        return ConflictExplanation.from_json(json.loads(text))
    return ConflictExplanation(text=text)
