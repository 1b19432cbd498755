"""Hand-made indexes and questions as data: tests/data/cases/*.json."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scanner.domain.resolution.explain.conflict_text import conflict_text
from scanner.domain.resolution.model.outcomes import Resolution
from scanner.domain.resolution.model.policy import BuildPolicy, SourcePolicy
from scanner.domain.targets.target import parse_target
from tests.scanner.domain.resolution.resolving import Conflict, resolve
from tests.scanner.domain.resolution.small_index import provider, root_requirements, texts

CASES = Path(__file__).parents[3] / "data" / "cases"


def read_cases() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.json")):
        document = json.loads(path.read_text())
        for case in document["cases"]:
            yield pytest.param(document["index"], case, id=f"{path.stem}: {case['name']}")


def policy_of(given: Mapping[str, Any]) -> BuildPolicy:
    now = datetime.fromisoformat(given["now"]).replace(tzinfo=UTC) if "now" in given else None
    return BuildPolicy(SourcePolicy(given.get("builds", "pure")), given.get("pre", False), given.get("days", 0), now)


@pytest.mark.parametrize(("index", "case"), list(read_cases()))
def test_the_case_ends_as_it_says(index: dict[str, Any], case: dict[str, Any]) -> None:
    asked = root_requirements(
        *case["ask"], constraints=case.get("constraints", ()), overrides=case.get("overrides", ())
    )
    target = parse_target(case.get("target", "cp313-manylinux_2_28_x86_64"))
    outcome = resolve(provider(index, asked, target, policy_of(case.get("policy", {}))))
    if "resolved" in case:
        assert isinstance(outcome, Resolution), outcome
        assert texts(outcome.pins) == case["resolved"]
        assert dict(outcome.urls) == case.get("urls", {})
    else:
        assert isinstance(outcome, Conflict), outcome
        told = conflict_text(outcome.account.explanation)
        assert [text for text in case["conflict"] if text not in told] == [], told
        assert outcome.account.explanation.exhausted in case.get("clashes", (outcome.account.explanation.exhausted,))
