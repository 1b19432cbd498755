"""The forms of the requirements that a plan is searched in: pins first, then bounds, within the step and the holds."""

from msgspec.structs import replace
from packaging.utils import canonicalize_name

from scanner.domain.resolution.loosen import Step
from scanner.domain.resolution.plan import plan
from tests.scanner.domain.resolution.small_index import root_requirements
from tests.scanner.domain.resolution.small_upgrade import told, upgrade_of


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
