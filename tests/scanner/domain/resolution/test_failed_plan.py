"""Plans for which there is no path: what is in the way, and what can be done all the same."""

from packaging.utils import canonicalize_name
from packaging.version import Version

from scanner.domain.resolution.explain.conflict_text import conflict_text
from scanner.domain.resolution.explain.sentences import plan_reason_text
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.domain.resolution.plan import plan
from scanner.domain.resolution.upgrade import Upgrade
from tests.scanner.domain.resolution.small_index import LINUX, OLD_LINUX, SmallIndex, SmallSource, root_requirements
from tests.scanner.domain.resolution.small_upgrade import told, upgrade_of


def test_no_path_names_what_nothing_clears_and_plans_the_rest() -> None:
    made = plan(upgrade_of(root_requirements("model==2.6.1", "hopeless==1.0")))
    assert not made.feasible
    assert [blocker.name for blocker in made.blockers] == ["hopeless"]
    assert made.reason is not None
    assert plan_reason_text(made.reason) == (
        "no path: no release of hopeless is usable on cp313-manylinux_2_28_x86_64: "
        "1.1 has no wheel for it, only source to compile"
    )
    assert told(made) == ["model 2.6.1 2.8.0 minor direct", "core 2.16.2 2.20.0 minor transitive"]
    assert made.conflict is not None


def test_no_path_names_the_two_that_contradict_each_other() -> None:
    index: SmallIndex = {
        "left": {"1.0": {"needs": ["shared<2"]}},
        "right": {"1.0": {"needs": ["shared>=2"]}},
        "shared": {"1.0": {}, "2.0": {}},
    }
    made = plan(upgrade_of(root_requirements("left", "right"), index=index))
    assert not made.feasible
    assert made.reason is not None
    assert plan_reason_text(made.reason) == "no path: left 1.0 needs shared<2, but right 1.0 needs shared>=2"


def test_a_bridge_that_does_not_exist_says_so() -> None:
    index: SmallIndex = {"app": {"1.0": {"on": ["3.11"]}, "2.0": {"on": ["3.13"]}}}
    current = {canonicalize_name("app"): Version("1.0")}
    upgrade = Upgrade(
        ResolutionCache(SmallSource(index)), [OLD_LINUX, LINUX], root_requirements("app==1.0"), BuildPolicy(), current
    )
    made = plan(upgrade)
    assert not made.feasible
    assert [blocker.name for blocker in made.blockers] == ["app"]
    assert made.reason is not None
    assert plan_reason_text(made.reason) == (
        "no path: no release of app that the requirements admit is usable on all of "
        "cp311-manylinux_2_28_x86_64, cp313-manylinux_2_28_x86_64"
    )
    assert made.conflict is not None
    assert "@" not in conflict_text(made.conflict.explanation)


def test_no_path_says_of_one_that_nothing_admits_what_its_releases_lack() -> None:
    index: SmallIndex = {
        "left": {"1.0": {"needs": ["shared<2"]}},
        "right": {"1.0": {"needs": ["shared>=2"]}},
        "shared": {"1.0": {}, "2.0": {}},
        "absent": {"1.0": {"on": ["win32"]}, "1.1": {"on": ["source: compiled"]}},
    }
    made = plan(upgrade_of(root_requirements("absent>=1.0", "left", "right"), index=index))
    assert made.reason is not None
    assert plan_reason_text(made.reason) == (
        "no path: you ask for absent>=1.0, but absent 1.1 has no wheel for it, only source to compile"
    )


def test_no_path_does_not_deny_the_wheel_that_a_release_has_for_another_target() -> None:
    index: SmallIndex = {
        "left": {"1.0": {"needs": ["shared<2"]}},
        "right": {"1.0": {"needs": ["shared>=2"]}},
        "shared": {"1.0": {}, "2.0": {}},
        "clock": {"1.0": {"on": ["win32", "source: compiled"]}},
    }
    made = plan(upgrade_of(root_requirements("clock", "left", "right"), index=index))
    assert made.reason is not None
    assert plan_reason_text(made.reason) == (
        "no path: you ask for clock, but clock 1.0 has no wheel for it, only source to compile"
    )
