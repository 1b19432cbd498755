"""Upgrade plans: what moves, how far, why, and why not."""

from msgspec.structs import replace
from packaging.utils import canonicalize_name
from packaging.version import Version

from scanner.domain.resolution.closure import closure
from scanner.domain.resolution.explain.conflict_text import conflict_text
from scanner.domain.resolution.explain.sentences import plan_reason_text
from scanner.domain.resolution.loosen import Step
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.candidates import RootRequirements
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.domain.resolution.upgrade import Strategy, Upgrade, plan
from scanner.domain.targets.target import Target
from tests.scanner.domain.resolution.small_index import (
    LINUX,
    OLD_LINUX,
    WINDOWS,
    SmallIndex,
    SmallSource,
    root_requirements,
    texts,
)

INDEX: SmallIndex = {
    "model": {
        "2.6.1": {"needs": ["core==2.16.2"]},
        "2.7.0": {"needs": ["core==2.18.0"]},
        "2.8.0": {"needs": ["core==2.20.0"]},
        "3.0.0": {"needs": ["core==3.0.0"]},
    },
    "core": {"2.16.2": {"on": ["win32"]}, "2.18.0": {"on": ["win32"]}, "2.20.0": {}, "3.0.0": {}},
    "driver": {"2.9.9": {"on": ["win32"]}, "2.9.10": {}, "2.10.0": {}},
    "steady": {"1.0": {"needs": ["model>=2"]}, "2.0": {}},
    "hopeless": {"1.0": {"on": ["win32"]}, "1.1": {"on": ["source: compiled"]}},
    "capped": {"1.0": {"on": ["win32"]}, "2.0": {}},
}


def upgrade_of(asked: RootRequirements, target: Target = LINUX, index: SmallIndex = INDEX) -> Upgrade:
    cache = ResolutionCache(SmallSource(index))
    today = closure(cache, target, asked, BuildPolicy())
    return Upgrade(cache, [target], asked, BuildPolicy(), today.pins)


def told(made: object) -> list[str]:
    return [f"{c.name} {c.before} {c.after} {c.size} {'direct' if c.direct else 'transitive'}" for c in made.changes]  # type: ignore[attr-defined]  # a Plan


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


def test_a_change_away_from_metadata_that_cannot_be_read_is_not_taken_back() -> None:
    index: SmallIndex = {"shaper": {"1.0": {"needs": ["fonts (>=3.0 <4.0) ; extra == 'fonts'"]}, "1.1": {}}}
    made = plan(upgrade_of(root_requirements("shaper==1.0"), index=index))
    assert texts(made.pins or {}) == {"shaper": "1.1"}


def test_no_path_names_what_nothing_clears_and_plans_the_rest() -> None:
    made = plan(upgrade_of(root_requirements("model==2.6.1", "hopeless==1.0")))
    assert not made.feasible
    assert [blocker.name for blocker in made.blockers] == ["hopeless"]
    assert made.reason is not None
    assert plan_reason_text(made.reason) == (
        "no path: no release of hopeless is usable on cp313-manylinux_2_28_x86_64: "
        "1.1 has no wheel, only source to compile"
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


def test_a_cap_is_loosened_only_when_pins_alone_do_not_help() -> None:
    made = plan(upgrade_of(root_requirements("capped<2", "model==2.6.1")))
    assert told(made)[0] == "capped 1.0 2.0 major direct"
    assert made.roots is not None
    assert [str(requirement) for requirement in made.roots.requirements] == ["capped", "model>=2.6.1"]
    kept = plan(upgrade_of(root_requirements("steady<2", "model==2.6.1")))
    assert kept.roots is not None
    assert [str(requirement) for requirement in kept.roots.requirements] == ["steady<2", "model>=2.6.1"]


def test_a_step_keeps_packages_within_their_series() -> None:
    upgrade = replace(upgrade_of(root_requirements("capped==1.0")), step=Step.MINOR)
    made = plan(upgrade)
    assert not made.feasible
    assert [blocker.name for blocker in made.blockers] == ["capped"]
    assert plan(replace(upgrade, step=Step.MAJOR)).feasible


def test_a_held_package_is_never_touched() -> None:
    upgrade = upgrade_of(root_requirements("model==2.6.1", "driver==2.9.9"))
    made = plan(replace(upgrade, holds=frozenset({canonicalize_name("driver")})))
    assert not made.feasible
    assert [blocker.name for blocker in made.blockers] == ["driver"]
    assert all(change.name != "driver" for change in made.changes)


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


def test_a_bridge_says_of_each_move_what_is_wrong_where_it_is_wrong() -> None:
    asked = root_requirements("model==2.6.1", "driver==2.9.9")
    cache = ResolutionCache(SmallSource(INDEX))
    today = closure(cache, WINDOWS, asked, BuildPolicy())
    made = plan(Upgrade(cache, [WINDOWS, LINUX], asked, BuildPolicy(), today.pins))
    assert made.feasible
    why = {str(change.name): plan_reason_text(change.reason) for change in made.changes}
    assert why["driver"] == f"driver 2.9.9 has no file for it on {LINUX.slug}"
    assert why["core"] == f"core 2.16.2 has no file for it on {LINUX.slug}"
    assert why["model"] == f"model 2.6.1 needs core==2.16.2, and core has no wheel for {LINUX.slug} before 2.20.0"


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


def test_what_is_missing_makes_no_plan_feasible() -> None:
    index: SmallIndex = {"app": {"1.0": {"on": ["win32"]}, "2.0": {"unknown": True}}}
    made = plan(upgrade_of(root_requirements("app==1.0"), index=index))
    assert not made.feasible
    assert made.missing.releases == ((canonicalize_name("app"), Version("2.0")),)


def test_a_move_names_the_requirement_that_nothing_meets_and_the_version_that_is_free_of_it() -> None:
    index: SmallIndex = {
        "scan": {"0.18": {"needs": ["plot", "learn>=0.21"]}, "0.20": {"needs": ["plot<1"]}},
        "plot": {"0.9": {}, "1.0": {}},
        "learn": {"0.20": {}, "0.21": {"on": ["win32"]}, "1.9": {"on": ["win32"]}},
    }
    (change,) = plan(Upgrade(
        ResolutionCache(SmallSource(index)),
        [LINUX],
        root_requirements("scan==0.18"),
        BuildPolicy(),
        {canonicalize_name("scan"): Version("0.18")},
    )).changes  # fmt: skip
    assert plan_reason_text(change.reason, lambda _: "Linux") == (
        "scan 0.18 needs learn>=0.21, none of which installs on Linux; 0.20 does not need it"
    )
    assert type(change.reason).from_json(change.reason.to_json()) == change.reason


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
        "no path: you ask for absent>=1.0, but absent 1.1 has no wheel, only source to compile"
    )
