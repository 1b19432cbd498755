"""Upgrade plans: what moves and how far, on one target or several."""

from msgspec.structs import replace
from packaging.utils import canonicalize_name
from packaging.version import Version

from scanner.domain.resolution.explain.sentences import plan_reason_text
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.domain.resolution.plan import plan
from scanner.domain.resolution.upgrade import Strategy, Upgrade
from tests.scanner.domain.resolution.small_index import (
    OLD_LINUX,
    WINDOWS,
    SmallIndex,
    SmallSource,
    root_requirements,
    texts,
)
from tests.scanner.domain.resolution.small_upgrade import INDEX, told, upgrade_of


def test_a_minimal_plan_moves_what_must_move_to_the_lowest_that_works() -> None:
    made = plan(upgrade_of(root_requirements("model==2.6.1", "driver==2.9.9", "steady==1.0")))
    assert made.feasible
    assert told(made) == [
        "model 2.6.1 2.8.0 minor direct",
        "driver 2.9.9 2.9.10 patch direct",
        "core 2.16.2 2.20.0 minor transitive",
    ]
    assert plan_reason_text(made.changes[0].reason) == (
        "model 2.6.1 needs core==2.16.2, and core has no wheel for cp313-manylinux_2_28_x86_64 before 2.20.0"
    )
    assert plan_reason_text(made.changes[1].reason) == "driver 2.9.9 has no file for it"
    assert texts(made.pins or {}) == {"model": "2.8.0", "core": "2.20.0", "driver": "2.9.10", "steady": "1.0"}


def test_a_latest_plan_moves_everything_to_the_newest() -> None:
    upgrade = replace(upgrade_of(root_requirements("model==2.6.1", "steady==1.0")), strategy=Strategy.LATEST)
    assert texts(plan(upgrade).pins or {}) == {"model": "3.0.0", "core": "3.0.0", "steady": "2.0"}


def test_what_holds_as_written_needs_no_change() -> None:
    made = plan(upgrade_of(root_requirements("model==2.6.1", "driver==2.9.9"), WINDOWS))
    assert made.feasible
    assert made.changes == ()
    assert made.roots == root_requirements("model==2.6.1", "driver==2.9.9")


def test_a_prerelease_that_alone_is_usable_holds_once_a_bound_is_lifted() -> None:
    index: SmallIndex = {
        "flow": {"2.0": {"on": ["win32"]}, "2.1rc1": {"needs": ["numbers>=2"]}},
        "numbers": {"1.0": {}, "2.0": {}},
    }
    made = plan(upgrade_of(root_requirements("flow", "numbers<2"), index=index))
    assert made.feasible
    assert texts(made.pins or {}) == {"flow": "2.1rc1", "numbers": "2.0"}


def test_a_yanked_pin_that_works_may_stay() -> None:
    index: SmallIndex = {"mail": {"2.1": {"yanked": True}, "2.2": {}}, "driver": INDEX["driver"]}
    made = plan(upgrade_of(root_requirements("mail==2.1", "driver==2.9.9"), index=index))
    assert told(made) == ["driver 2.9.9 2.9.10 patch direct"]


def test_a_bridge_is_one_set_for_today_and_tomorrow() -> None:
    index: SmallIndex = {
        "app": {"1.0": {"on": ["3.11"]}, "1.1": {}, "2.0": {"on": ["3.13"]}},
        "loop": {"1.0": {"on": ["linux"]}},
        "server": {"1.0": {"needs": ["loop; sys_platform != 'win32'"]}},
    }
    asked = root_requirements("app==1.0", "server")
    current = {canonicalize_name("app"): Version("1.0"), canonicalize_name("server"): Version("1.0")}
    upgrade = Upgrade(ResolutionCache(SmallSource(index)), [OLD_LINUX, WINDOWS], asked, BuildPolicy(), current)
    made = plan(upgrade)
    assert made.feasible
    assert texts(made.pins or {}) == {"app": "1.1", "server": "1.0", "loop": "1.0"}
    assert [texts(resolution.pins).get("loop") for resolution in made.resolutions] == ["1.0", None]


def test_what_is_missing_makes_no_plan_feasible() -> None:
    index: SmallIndex = {"app": {"1.0": {"on": ["win32"]}, "2.0": {"unknown": True}}}
    made = plan(upgrade_of(root_requirements("app==1.0"), index=index))
    assert not made.feasible
    assert made.missing.releases == ((canonicalize_name("app"), Version("2.0")),)
