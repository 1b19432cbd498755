"""A search that lets one more package through goes on from the one before, and finds what one from the start finds."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.evidence.known_breaks import NO_KNOWN_BREAKS
from scanner.domain.resolution.closure import Closure, closure
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.plans import Plan
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.domain.resolution.plan import plan
from scanner.domain.resolution.pubgrub import search_state
from scanner.domain.resolution.pubgrub.search_state import Checkpoint, Checkpoints
from scanner.domain.resolution.upgrade import Upgrade
from tests.scanner.domain.resolution.random_index import VERSIONS
from tests.scanner.domain.resolution.small_index import LINUX, Row, SmallIndex, SmallSource, root_requirements

NAMES = "abcdefghijklmn"


def many_blockers(rng: random.Random) -> dict[str, dict[str, Row]]:
    """Return packages of a few releases, each of which needs some others. About a third of them are unusable."""
    index: dict[str, dict[str, Row]] = {}
    for place, name in enumerate(NAMES):
        usual = rng.choice([["*"], ["*"], ["nothing"]])
        index[name] = {
            version: Row(
                needs=[_need(rng, rng.choice(NAMES[place + 1 :] or NAMES)) for _ in range(rng.randint(0, 3))],
                on=rng.choice([usual, usual, usual, ["*"], ["nothing"]]),
            )
            for version in rng.sample(VERSIONS, rng.randint(1, 4))
        }
    return index


def _need(rng: random.Random, name: str) -> str:
    name = rng.choice([name] * 12 + ["ghost"])
    text = f"{name}{rng.choice(['', '', '', '[x]'])}{rng.choice(['', '', '>=1.5', '<3', '!=2.0', '==2.0', '>=2.0rc1'])}"
    return text + rng.choice(["", "", "; extra == 'x'"])


@contextmanager
def from_the_start() -> Iterator[None]:
    """Begin every search at its start."""

    def none(self: object, nodes: Collection[str]) -> list[Checkpoint[Any]]:
        return []

    with patch.object(Checkpoints, "before", none):
        yield


@pytest.fixture(autouse=True)
def keep_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a checkpoint before each package that is awaited, however few steps lie between them."""
    monkeypatch.setattr(search_state, "_STEPS_BETWEEN", 1)


def found_of(index: SmallIndex, asked: list[str]) -> tuple[Closure, Plan]:
    cache = ResolutionCache(SmallSource(index))
    found = closure(cache, LINUX, root_requirements(*asked), BuildPolicy())
    upgrade = Upgrade(
        cache, [LINUX], root_requirements(*asked), BuildPolicy(), found.pins, known_breaks=NO_KNOWN_BREAKS
    )
    return found, plan(upgrade)


@given(st.integers(0, 1_000_000))
def test_closures_and_plans_are_those_of_searches_from_the_start(seed: int) -> None:
    rng = random.Random(seed)
    index = many_blockers(rng)
    asked = [f"{name}{rng.choice(['', '[x]'])}" for name in rng.sample(NAMES[:6], rng.randint(1, 3))]
    with patch.object(search_state, "_STEPS_BETWEEN", 1):
        found, made = found_of(index, asked)
        with from_the_start():
            again, made_again = found_of(index, asked)
    assert repr(found) == repr(again)
    assert repr(made) == repr(made_again)


def test_most_searches_go_on_from_a_checkpoint() -> None:
    index: SmallIndex = {
        "app": {"1.0": {"needs": [f"part{number}" for number in range(6)]}},
        **{f"part{n}": {one: {"needs": [f"lib{n}"]} for one in ("1.0", "2.0")} for n in range(6)},
        **{f"lib{number}": {"1.0": {"on": ["win32"]}, "2.0": {"on": ["win32"]}} for number in range(6)},
    }
    kept: list[int] = []
    before = Checkpoints.before

    def counted(self: Checkpoints[Any], nodes: Collection[str]) -> list[Checkpoint[Any]]:
        found = before(self, nodes)
        kept.append(len(found))
        return found

    with patch.object(Checkpoints, "before", counted):
        found = closure(ResolutionCache(SmallSource(index)), LINUX, root_requirements("app"), BuildPolicy())
    assert len(found.blockers) == 6
    assert sum(map(bool, kept)) >= 3
