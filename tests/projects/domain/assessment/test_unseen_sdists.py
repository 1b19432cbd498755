"""Releases whose verdict depends on an sdist that was not looked into."""

from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.unseen_sdists import unseen_in
from projects.domain.assessment.verdicts import ProjectVerdict
from scanner.domain.resolution.model.policy import BuildPolicy
from tests.projects.domain.assessment.small_assessment import WINDOWS, ask, package
from tests.projects.known import NOW, Releases, SmallIndex, pure, requirements, resolve_targets, targets


def test_an_sdist_that_nobody_looked_into_is_unknown_never_ready() -> None:
    packages: dict[str, Releases] = {"dark": {"1.0": (["dark-1.0.tar.gz"], [])}}
    (answer,) = ask(packages, "dark==1.0", WINDOWS)
    assert package(answer, "dark").verdict == "unknown"
    assert answer.verdict is ProjectVerdict.UNKNOWN


def test_the_release_in_use_and_the_newest_one_are_to_be_looked_into() -> None:
    on = targets(WINDOWS)
    dark: dict[str, Releases] = {
        "dark": {version: ([f"dark-{version}.tar.gz"], []) for version in ("1.0", "2.0", "3.0")}
    }
    index = SmallIndex({**dark, "plain": {"1.0": (pure("plain", "1.0"), [])}}, on)
    request = AssessmentRequest(requirements("dark==1.0\nplain"), on, BuildPolicy(), NOW)
    resolved = resolve_targets(request, index.snapshot)
    keys = {version: index.snapshot.packages["dark"].candidates[place].pk for place, version in enumerate(dark["dark"])}
    assert unseen_in(resolved, index.snapshot) == {keys["1.0"]: "dark", keys["3.0"]: "dark"}
    assert [one.plan for one in resolved] == [None]
