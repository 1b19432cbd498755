"""Reading requirements: the short way must say what packaging's whole grammar says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import InvalidRequirement as InvalidRequirementError
from packaging.requirements import Requirement as PackagingRequirement
from packaging.utils import canonicalize_name

from scanner.domain.resolution.model.requirement import (
    InvalidRequirement,
    Requirement,
    make_requirement,
    read_requirement,
)

TEXTS = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["demo", "Demo.Pkg", "a-b_c", "x2", "-bad", ""]),
    st.sampled_from(["", " ", "[x]", "[x,Y_z]", " [ a , b ]", "[]", "[,]"]),
    st.sampled_from(
        ["", ">=1", " >=1.0, <2", "(>=1)", " (==1.*)", "==1.0b1", "===weird", "~=1", "<", ">=1 <2", "!=1.*,"]
    ),
    st.sampled_from(["", " "]),
    st.sampled_from(
        ["", '; extra == "x"', "; python_version < '3.9'", ";", '; (extra == "x")', "; nonsense", '; extra != "x"']
    ),
)


@given(st.one_of(TEXTS, st.text(max_size=30)))
def test_an_ask_says_what_the_full_grammar_says(text: str) -> None:
    requirement = read_requirement(text)
    try:
        full = PackagingRequirement(text.strip())
    except InvalidRequirementError:
        return
    assert isinstance(requirement, Requirement), requirement
    assert requirement.name == canonicalize_name(full.name)
    assert set(requirement.extras) == {canonicalize_name(extra) for extra in full.extras}
    assert PackagingRequirement(f"n{requirement.specifier}").specifier == full.specifier
    assert (requirement.marker is None) is (full.marker is None)
    assert requirement.url == full.url
    assert requirement.pre is bool(full.specifier.prereleases)


@given(TEXTS)
def test_what_nobody_can_read_is_a_value_with_its_text(text: str) -> None:
    requirement = read_requirement(text)
    if isinstance(requirement, InvalidRequirement):
        assert requirement.text == text
        assert requirement.message
        with pytest.raises(InvalidRequirementError):
            PackagingRequirement(text)


@pytest.mark.parametrize(
    ("text", "exact"),
    [("a==1", True), ("a===1", True), ("a==1.*", False), ("a>=1", False), ("a", False), ("a==1,>=0", True)],
)
def test_only_a_whole_version_is_a_pin(text: str, exact: bool) -> None:
    requirement = read_requirement(text)
    assert isinstance(requirement, Requirement)
    assert requirement.exact is exact


def test_an_ask_is_written_without_its_marker_and_lower_bounds_first() -> None:
    requirement = make_requirement("Demo", "<2,>=1", extras=["Y_z", "x"], marker='sys_platform == "win32"')
    assert str(requirement) == "demo[x,y-z]>=1,<2"
    assert (
        str(make_requirement("demo", url="https://files.example/demo.whl")) == "demo @ https://files.example/demo.whl"
    )


@pytest.mark.parametrize(
    ("parts", "text", "exact", "pre"),
    [
        (["<2,>=1", "<4,>=3"], "demo>=1,<2 || >=3,<4", False, False),
        (["==1", "==2"], "demo==1 || ==2", False, False),
        (["==1", " ==1 "], "demo==1", True, False),
        ([">=1", ">=3rc1"], "demo>=1 || >=3rc1", False, True),
        ([], "demo", False, False),
    ],
)
def test_a_requirement_may_admit_any_of_several_specifiers(parts: list[str], text: str, exact: bool, pre: bool) -> None:
    requirement = make_requirement("demo", *parts)
    assert (str(requirement), requirement.exact, requirement.pre) == (text, exact, pre)


def test_metadata_cannot_state_a_union() -> None:
    assert isinstance(read_requirement("demo>=1 || >=3"), InvalidRequirement)
