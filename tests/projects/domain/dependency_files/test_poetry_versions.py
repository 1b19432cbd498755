"""Poetry's constraints in PEP 440's words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from projects.domain.dependency_files.pep508 import MalformedRequirement
from projects.domain.dependency_files.poetry_versions import alternatives, platform_marker, python_marker


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("*", [""]),
        ("", [""]),
        ("1.2.3", ["==1.2.3"]),
        ("=1.2", ["==1.2"]),
        ("^1.2.3", [">=1.2.3,<2.0.0"]),
        ("^1.2", [">=1.2,<2.0"]),
        ("^1", [">=1,<2"]),
        ("^0.2.3", [">=0.2.3,<0.3.0"]),
        ("^0.0.3", [">=0.0.3,<0.0.4"]),
        ("^0.0", [">=0.0,<0.1"]),
        ("^0", [">=0,<1"]),
        ("^18.3-alpha.0", [">=18.3a0,<19.0"]),
        ("^1!2.3", [">=1!2.3,<1!3.0"]),
        ("~1.2.3", [">=1.2.3,<1.3.0"]),
        ("~1.2", [">=1.2,<1.3"]),
        ("~1", [">=1,<2"]),
        ("~0", [">=0,<1"]),
        ("~=1.4", ["~=1.4"]),
        ("1.2.*", ["==1.2.*"]),
        ("==1.*.*", ["==1.*"]),
        ("!=1.5.*", ["!=1.5.*"]),
        (">=1.2,<2", [">=1.2,<2"]),
        (">=1.2 <2", [">=1.2,<2"]),
        (">= 47.0.0", [">=47.0.0"]),
        ("<>1.3", ["!=1.3"]),
        ("^1.2 || ^3", [">=1.2,<2.0", ">=3,<4"]),
        ("1|2", ["==1", "==2"]),
        ("^1 || *", [""]),
    ],
)
def test_a_constraint_becomes_specifier_sets(written: str, expected: list[str]) -> None:
    assert [SpecifierSet(one) for one in alternatives(written)] == [SpecifierSet(one) for one in expected]


@pytest.mark.parametrize(
    "written", ["^", "one", "^^1", "1..2", "^1 ||", "|| 1 |||", ">=1,,<b", "@", "|".join("12" * 60)]
)
def test_what_is_no_constraint_is_malformed_or_any_version(written: str) -> None:
    try:
        found = alternatives(written)
    except MalformedRequirement:
        return
    assert found == ("",)


@pytest.mark.parametrize(
    ("written", "holds", "fails"),
    [
        ("^3.4", ["3.4", "3.12"], ["2.7", "3.3"]),
        ("~2.7 || ^3.4", ["2.7", "3.4"], ["3.3", "2.6"]),
        ("<3.11", ["3.10"], ["3.11", "3.12"]),
        (">=3.8,!=3.9.*", ["3.8", "3.10"], ["3.9", "3.7"]),
        ("3.8.*", ["3.8"], ["3.9"]),
    ],
)
def test_a_constraint_on_python_becomes_a_marker(written: str, holds: list[str], fails: list[str]) -> None:
    marker = Marker(python_marker(written) or "")

    def applies(python: str) -> bool:
        return marker.evaluate({"python_version": python, "python_full_version": f"{python}.5"})

    assert [applies(python) for python in holds + fails] == [True] * len(holds) + [False] * len(fails)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=4), st.sampled_from("^~"))
def test_the_lower_end_is_admitted_and_the_next_breaking_one_is_not(release: list[int], operator: str) -> None:
    version = ".".join(map(str, release))
    (specifier,) = map(SpecifierSet, alternatives(operator + version))
    assert Version(version) in specifier
    assert Version(f"{release[0] + 1}.{'0.' * 4}1") not in specifier


@given(st.text(alphabet="0123456789.*^~=<>!|, xab-", max_size=60))
def test_any_text_gives_specifiers_or_malformed(written: str) -> None:
    try:
        found = alternatives(written)
    except MalformedRequirement:
        return
    assert all(SpecifierSet(one) is not None for one in found)


# The markers are those of poetry-core.
@pytest.mark.parametrize(
    ("platform", "marker"),
    [
        ("linux", 'sys_platform == "linux"'),
        ("==linux", 'sys_platform == "linux"'),
        ("!=darwin", 'sys_platform != "darwin"'),
        ("!=darwin,!=win32", 'sys_platform != "darwin" and sys_platform != "win32"'),
        ("linux || win32", 'sys_platform == "linux" or sys_platform == "win32"'),
        ("darwin|win32", 'sys_platform == "darwin" or sys_platform == "win32"'),
        ("*", None),
    ],
)
def test_a_platform_becomes_a_marker(platform: str, marker: str | None) -> None:
    assert platform_marker(platform) == marker
