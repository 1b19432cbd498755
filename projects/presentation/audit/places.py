"""Where a repository says its Python, as lines and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from projects.domain.python_places.disagreements import Disagreement, DisagreementKind, disagreements
from projects.domain.python_places.pythons_named import target_of
from projects.domain.python_places.values import PythonPlace
from scanner.domain.phrases import count


def places_lines(places: Sequence[PythonPlace]) -> list[str]:
    """Return the places, what they stand for, and where they contradict each other."""
    if not places:
        return []
    lines = ["", f"{count(len(places), 'place')} where the files say their Python:"]
    rows = [(f"{one.path}:{one.line}", one.kind.value, one.value, _meaning(one)) for one in places]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        columns = (f"{row[column]:{widths[column]}}" for column in range(3))
        lines.append(f"  {'  '.join(columns)}  {row[3]}".rstrip())
    lines += [f"! {disagreement_text(one)}" for one in disagreements(places)]
    return lines


def places_data(places: Sequence[PythonPlace]) -> dict[str, object]:
    """Return the places, the targets that they propose, and the contradictions, as JSON values."""
    targets = [target.slug for one in places if (target := target_of(one)) is not None]
    return {
        "places": [
            {
                "path": one.path,
                "line": one.line,
                "kind": one.kind.value,
                "role": one.role.value,
                "setting": one.setting,
                "value": one.value,
                "target": target.slug if (target := target_of(one)) is not None else None,
            }
            for one in places
        ],
        "proposed_targets": list(dict.fromkeys(targets)),
        "disagreements": [
            {"kind": one.kind.value, "text": disagreement_text(one), "places": [_at(one.place), _at(one.other)]}
            for one in disagreements(places)
        ],
    }


def disagreement_text(one: Disagreement) -> str:
    """Return a contradiction as one sentence."""
    here, other = f"{one.place.value} at {_at(one.place)}", f"{one.other.value} at {_at(one.other)}"
    match one.kind:
        case DisagreementKind.RUNS_DIFFER:
            return f"{here} runs another Python than {other}."
        case DisagreementKind.NOT_ADMITTED:
            return f"{here} runs a Python that {other} does not admit."
        case DisagreementKind.NOT_TESTED:
            return f"{here} runs a Python that no test names ({other})."
        case DisagreementKind.PROMISED_NOT_ADMITTED:
            return f"{here} names a Python that {other} does not admit."
        case _:
            return f"{here} is above the lowest Python that {other} admits."


def _meaning(place: PythonPlace) -> str:
    target = target_of(place)
    return f"→ {target.slug} ({target.label})" if target is not None else ""


def _at(place: PythonPlace) -> str:
    return f"{place.path}:{place.line}"
