"""Random small indexes from a seed, for oracles that are too slow for hypothesis."""

from __future__ import annotations

import random

from tests.scanner.domain.resolution.small_index import Row

NAMES = ["a", "b", "c", "d", "e", "f"]
VERSIONS = ["1.0", "1.5", "2.0", "2.2", "3.1"]


def random_index(rng: random.Random, *, contradictions: bool = True) -> dict[str, dict[str, Row]]:
    """Six packages of five releases. Without contradictions every need is a lower bound on a later package."""
    index: dict[str, dict[str, Row]] = {}
    for place, name in enumerate(NAMES):
        index[name] = {}
        for version in VERSIONS:
            others = NAMES[place + 1 :] if not contradictions else [other for other in NAMES if other != name]
            needs = [
                _need(rng, other, contradictions) for other in rng.sample(others, min(len(others), rng.randint(0, 2)))
            ]
            on = rng.choice([["*"], ["*"], ["linux"], ["win32"], ["nothing"]]) if contradictions else ["*"]
            index[name][version] = Row(needs=needs, on=on)
    return index


def _need(rng: random.Random, name: str, contradictions: bool) -> str:
    if not contradictions:
        return f"{name}>={rng.choice(VERSIONS[:3])}"
    extra = rng.choice(["", "", "[x]"])
    operator = rng.choice(["", "==", ">=", "<", "<=", "!=", "~="])
    marker = rng.choice(["", "", '; sys_platform == "win32"', '; extra == "x"'])
    return f"{name}{extra}{operator}{rng.choice(VERSIONS) if operator else ''}{marker}"


def random_roots(rng: random.Random) -> list[str]:
    """Two to four requirements."""
    return [f"{name}{rng.choice(['', '>=1.5', '<3', '==2.0', '[x]'])}" for name in rng.sample(NAMES, rng.randint(2, 4))]
