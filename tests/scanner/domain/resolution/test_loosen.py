"""Loosening requirements for an upgrade."""

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from scanner.domain.resolution.loosen import Step, loosen, loosen_requirement, step_between
from scanner.domain.resolution.model.requirement import make_requirement
from tests.scanner.domain.resolution.small_index import requirements, root_requirements


@pytest.mark.parametrize(
    ("asked", "caps", "step", "loosened"),
    [
        ("demo==1.2.3", False, Step.MAJOR, "demo>=1.2.3"),
        ("demo==1.2.3", False, Step.MINOR, "demo>=1.2.3,<2"),
        ("demo==1.2.3", False, Step.PATCH, "demo>=1.2.3,<1.3"),
        ("demo==1!1.2.3", False, Step.PATCH, "demo>=1!1.2.3,<1!1.3"),
        ("demo===1.2.3", False, Step.MAJOR, "demo>=1.2.3"),
        ("demo===strange", True, Step.MAJOR, "demo===strange"),
        ("demo==1.2+cpu", True, Step.MAJOR, "demo>=1.2"),
        ("demo>=1,<2", False, Step.MAJOR, "demo>=1,<2"),
        ("demo>=1,<2", True, Step.MAJOR, "demo>=1"),
        ("demo>=1,<=2,!=1.5", True, Step.MAJOR, "demo>=1,!=1.5"),
        ("demo>=1,<2", True, Step.MINOR, "demo>=1,<5"),
        ("demo~=1.4", True, Step.MAJOR, "demo>=1.4"),
        ("demo~=1.4", False, Step.MAJOR, "demo~=1.4"),
        ("demo==1.*", True, Step.MAJOR, "demo>=1"),
        ("demo", True, Step.MAJOR, "demo"),
        ("demo[x]==1.0; sys_platform == 'win32'", True, Step.MAJOR, "demo[x]>=1.0"),
        ("demo @ https://files.example/demo.whl", True, Step.MAJOR, "demo @ https://files.example/demo.whl"),
    ],
)
def test_an_ask_loosens_as_far_as_it_may(asked: str, caps: bool, step: Step, loosened: str) -> None:
    requirement = requirements(asked)[0]
    loose = loosen_requirement(requirement, Version("4.1"), step, caps=caps)
    assert str(loose) == loosened
    assert loose.marker == requirement.marker


@pytest.mark.parametrize(
    ("before", "after", "step"),
    [
        ("1.2.3", "1.2.9", Step.PATCH),
        ("1.2.3", "1.3", Step.MINOR),
        ("1.2.3", "2", Step.MAJOR),
        ("2026.1", "1!1.0", Step.MAJOR),
        ("1.0rc1", "1.0", Step.PATCH),
        ("2.0", "1.9", Step.MAJOR),
    ],
)
def test_a_move_is_as_large_as_the_first_number_that_differs(before: str, after: str, step: Step) -> None:
    assert step_between(Version(before), Version(after)) is step


def test_a_held_package_stays_where_it_is_even_when_others_ask_for_it() -> None:
    held, other = canonicalize_name("held"), canonicalize_name("other")
    current = {held: Version("1.1"), other: Version("3.0")}
    loose = loosen(root_requirements("held>=1", "other==3.0"), current, holds=[held])
    assert [str(requirement) for requirement in loose.requirements] == ["held>=1", "other>=3.0"]
    assert [str(requirement) for requirement in loose.constraints] == ["held==1.1"]
    assert loose.pinned == {other: Version("3.0")}


@pytest.mark.parametrize(
    ("caps", "step", "loosened"),
    [
        (False, Step.MAJOR, "demo>=1,<2 || >=3,<4"),
        (True, Step.MAJOR, "demo>=1 || >=3"),
        (True, Step.MINOR, "demo>=1,<5 || >=3,<5"),
    ],
)
def test_each_part_of_a_union_is_loosened(caps: bool, step: Step, loosened: str) -> None:
    union = make_requirement("demo", ">=1,<2", ">=3,<4", marker="sys_platform == 'linux'")
    loose = loosen_requirement(union, Version("4.1"), step, caps=caps)
    assert (str(loose), loose.marker) == (loosened, union.marker)


def test_a_union_with_a_part_that_is_no_version_stays_as_it_is() -> None:
    union = make_requirement("demo", "===strange", ">=3,<4")
    assert loosen_requirement(union, None) == union
