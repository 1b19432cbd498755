"""Taking changes back: all that can be, few sets walked for it."""

from collections.abc import Mapping

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from scanner.domain.resolution.minimise import minimise
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.missing import Search
from scanner.domain.resolution.model.policy import BuildPolicy, Preference
from scanner.domain.resolution.problem import Choices, ResolutionProblem
from tests.scanner.domain.resolution.small_index import LINUX, Row, SmallIndex, SmallSource, ended, root_requirements

COUNT = 64


def taken_back(
    index: SmallIndex, roots: list[str], versions: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> int:
    """Begin with the newest of all, keep 1, and check the versions. Return how many sets were walked."""
    problem = ResolutionProblem(
        ResolutionCache(SmallSource(index)), [LINUX], root_requirements(*roots), BuildPolicy(), Preference()
    )
    packages = {name: problem.cache.package(canonicalize_name(name)) for name in index}
    choices = {one.name: one.choice(Version("2")) for one in packages.values() if one is not None}
    kept = {one.name: one.choice(Version("1")) for one in packages.values() if one is not None}
    walked, holds = [], ResolutionProblem.holds

    def counted(self: ResolutionProblem, trial: Choices) -> Search[bool]:
        walked.append(trial)
        return (yield from holds(self, trial))

    monkeypatch.setattr(ResolutionProblem, "holds", counted)
    found = ended(minimise(problem, choices, kept))
    chosen = {name: one.version(found[one.name]) for name, one in packages.items() if one and one.name in found}
    assert {name: str(version) for name, version in chosen.items()} == versions
    return len(walked)


def test_changes_that_nothing_needs_are_taken_back_together(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"p{number:02}" for number in range(COUNT)]
    index: dict[str, dict[str, Row]] = {name: {"1": {}, "2": {}} for name in names}
    index["app"] = {"1": {"needs": names}, "2": {"needs": names}}
    walked = taken_back(index, ["app>=2"], {"app": "2", **dict.fromkeys(names, "1")}, monkeypatch)
    assert walked < COUNT / 4


def test_of_changes_that_exclude_each_other_the_first_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    index: SmallIndex = {
        "left": {"1": {"needs": ["right>=2"]}, "2": {"needs": ["right"]}},
        "right": {"1": {"needs": ["left>=2"]}, "2": {"needs": ["left"]}},
        "other": {"1": {}, "2": {}},
    }
    taken_back(index, ["left", "right", "other"], {"left": "1", "right": "2", "other": "1"}, monkeypatch)
