"""Where a repository says its Python, as lines and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from projects.domain.python_places.disagreements import Disagreement, DisagreementKind, disagreements
from projects.domain.python_places.pythons_named import target_of
from projects.domain.python_places.values import PlaceKind, PythonPlace
from scanner.domain.phrases import count
from scanner.domain.translation import gettext, noop

_KINDS = {
    PlaceKind.IMAGE: noop("image"),
    PlaceKind.VERSION_FILE: noop("version-file"),
    PlaceKind.SERVERLESS: noop("serverless"),
    PlaceKind.CONDA: "conda",
    PlaceKind.REQUIRES_PYTHON: "requires-python",
    PlaceKind.CLASSIFIER: noop("classifier"),
    PlaceKind.CI: "ci",
    PlaceKind.TEST_ENVIRONMENT: noop("test-environment"),
    PlaceKind.DOCS: noop("docs"),
    PlaceKind.HOOKS: noop("hooks"),
    PlaceKind.TOOL: noop("tool"),
}


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
    match one.kind:
        case DisagreementKind.RUNS_DIFFER:
            text = gettext("{here} runs another Python than {other}.")
        case DisagreementKind.NOT_ADMITTED:
            text = gettext("{here} runs a Python that {other} does not admit.")
        case DisagreementKind.NOT_TESTED:
            text = gettext("{here} runs a Python that no test names ({other}).")
        case DisagreementKind.PROMISED_NOT_ADMITTED:
            text = gettext("{here} names a Python that {other} does not admit.")
        case _:
            text = gettext("{here} is above the lowest Python that {other} admits.")
    return text.format(here=_value_at(one.place), other=_value_at(one.other))


def kind_word(kind: PlaceKind) -> str:
    """Return what a place is in a word."""
    return gettext(_KINDS[kind])


def _meaning(place: PythonPlace) -> str:
    target = target_of(place)
    return f"→ {target.slug} ({target.label})" if target is not None else ""


def _value_at(place: PythonPlace) -> str:
    return gettext("{value} at {place}").format(value=place.value, place=_at(place))


def _at(place: PythonPlace) -> str:
    return f"{place.path}:{place.line}"
