"""Figures in Prometheus' text format 0.0.4. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """One figure of this moment (a gauge). name: of letters and underscores. labels: any texts."""

    name: str
    labels: Mapping[str, str]
    value: float


def exposition(samples: Iterable[Sample], meanings: Mapping[str, str]) -> str:
    """The samples, those of one name together under its meaning and type, names in the order of their first sample."""
    by_name: dict[str, list[Sample]] = {}
    for sample in samples:
        by_name.setdefault(sample.name, []).append(sample)
    lines = []
    for name, its in by_name.items():
        if name in meanings:
            meaning = meanings[name].replace("\\", "\\\\").replace("\n", "\\n")
            lines.append(f"# HELP {name} {meaning}")
        lines.append(f"# TYPE {name} gauge")
        lines += [f"{name}{_labels(sample.labels)} {_number(sample.value)}" for sample in its]
    return "\n".join(lines) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{key}="{_escaped(value)}"' for key, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    """In full: a byte count must not be rounded."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))
