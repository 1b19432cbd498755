"""The smallest ways out of a conflict."""

import pytest
from packaging.version import Version

from scanner.domain.resolution.closure import closure
from scanner.domain.resolution.explain.conflict_text import relaxation_text
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.missing import finish
from scanner.domain.resolution.model.outcomes import SearchLimits
from scanner.domain.resolution.model.policy import BuildPolicy
from scanner.domain.resolution.relax import relax_search
from scanner.domain.resolution.relaxed_requirements import relaxed_forms
from tests.scanner.domain.resolution.small_index import LINUX, SmallIndex, SmallSource, requirements, root_requirements


def ways(index: SmallIndex, *asked: str, constraints: tuple[str, ...] = ()) -> list[str]:
    cache, roots = ResolutionCache(SmallSource(index)), root_requirements(*asked, constraints=constraints)
    found = closure(cache, LINUX, roots, BuildPolicy())
    assert found.conflict is not None
    search = relax_search(cache, LINUX, roots, BuildPolicy(), found.conflict.own, SearchLimits())
    return [relaxation_text(one) for one in finish(search, cache)]


CLOUD: SmallIndex = {
    "boto3": {
        "1.20.0": {"needs": ["botocore>=1.20,<1.21"]},
        "1.34.0": {"needs": ["botocore>=1.34,<1.35"]},
    },
    "botocore": {"1.20.0": {"needs": ["urllib3<1.26"]}, "1.34.0": {"needs": ["urllib3>=1.25.4,<3"]}},
    "urllib3": {version: {} for version in ("1.24.3", "1.25.4", "1.25.11", "1.26.20", "2.3")},
    "requests": {"2.31": {"needs": ["urllib3<3"]}},
}


def test_the_bound_is_lifted_just_so_far_that_a_version_fits_and_a_pin_moves_to_the_next_one() -> None:
    assert ways(CLOUD, "requests==2.31", "urllib3<1.25", "boto3==1.34.0") == [
        "change urllib3<1.25 to urllib3<1.26 (then urllib3 1.25.11)",
        "change boto3==1.34.0 to boto3==1.20.0",
    ]


def test_a_constraint_gives_way_as_a_requirement_does() -> None:
    assert ways(CLOUD, "boto3==1.34.0", constraints=("urllib3<=1.25",))[0] == (
        "change urllib3<=1.25 to urllib3<=1.25.4"
    )


def test_of_requirements_without_bounds_one_is_left_out() -> None:
    index: SmallIndex = {
        "left": {"1.0": {"needs": ["shared<2"]}},
        "right": {"1.0": {"needs": ["shared>=2"]}},
        "shared": {"1.0": {}, "2.0": {}},
    }
    assert ways(index, "left", "right") == ["leave out left", "leave out right"]


def test_the_nearest_version_is_found_although_another_package_is_chosen_first() -> None:
    index: SmallIndex = {
        "lab": {
            "3.6": {"needs": ["notebook<7"]},
            **{f"4.{minor}": {"needs": ["server>=1"]} for minor in range(7)},
        },
        "notebook": {"6.5": {}, **{f"7.{minor}": {"needs": [f"lab>=4.{minor},<4.{minor + 1}"]} for minor in range(7)}},
        "server": {"1.0": {}},
    }
    assert ways(index, "lab==3.6", "notebook>=7")[0] == "change lab==3.6 to lab==4.0"


def test_a_bound_moves_so_far_that_requirements_outside_the_conflict_hold_too() -> None:
    index: SmallIndex = {
        "expect": {
            "0.15": {"needs": ["ninja<3", "plots<5"]},
            "0.16": {"needs": ["ninja", "plots<5"]},
            "0.17": {"needs": ["ninja", "plots"]},
        },
        "ninja": {"2.0": {}, "3.0": {}},
        "plots": {"4.0": {}, "5.0": {}},
    }
    assert ways(index, "expect==0.15", "ninja>=3", "plots>=5") == ["change expect==0.15 to expect==0.17"]


def test_two_lines_change_where_one_is_not_enough() -> None:
    index: SmallIndex = {
        "app": {"1.0": {"needs": ["core>=2", "tool>=3"]}},
        "core": {"1.0": {}, "2.0": {}},
        "tool": {"2.0": {}, "3.1": {}},
    }
    assert ways(index, "app==1.0", "core<2", "tool<3") == [
        "change core<2 to core<3 (then core 2.0) and change tool<3 to tool<4 (then tool 3.1)"
    ]


@pytest.mark.parametrize(
    ("asked", "version", "forms"),
    [
        ("a<2", "2.4.1", ["a<3"]),
        ("a>=1,<1.25", "1.25.4", ["a>=1,<1.26", None]),
        ("a<=2.1", "2.1.3", ["a<=2.1.3"]),
        ("a==1.4.2", "1.5.0", ["a==1.5.0", "a==1.5.0"]),
        ("a==1.4.*", "1.6.2", ["a==1.6.*", "a==1.6.*"]),
        ("a~=1.4", "2.6.2", ["a~=2.6", "a~=2.6"]),
        ("a>=2.0", "1.10.27", ["a>=1.10"]),
        ("a!=1.5", "1.5", ["a"]),
        ("a[fast]<2 ; os_name == 'posix'", "2.4", ["a[fast]<3"]),
        ("a", "1.0", []),
    ],
)
def test_each_clause_gives_way_in_its_own_form(asked: str, version: str, forms: list[str | None]) -> None:
    (requirement,) = requirements(asked)
    found = list(relaxed_forms(requirement))
    assert len(found) == len(forms)
    for form, expected in zip(sorted(found, key=lambda one: str(one.clause)), forms, strict=True):
        settled = form.settled_at(Version(version))
        assert expected is None or str(settled) == expected
        assert settled.marker == requirement.marker
