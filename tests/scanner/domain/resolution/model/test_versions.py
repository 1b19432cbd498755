"""Sets of releases: held against packaging, version by version."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from scanner.domain.resolution.model.requirement import make_requirement
from scanner.domain.resolution.model.versions import Candidate, PackageVersions
from scanner.domain.resolution.pubgrub.incompatibility import bits

NUMBERS = st.integers(0, 3)
VERSIONS = st.builds(
    "{}{}{}{}{}{}".format,
    st.sampled_from(["", "", "", "1!"]),
    st.lists(NUMBERS, min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts))),
    st.sampled_from(["", "", "", "a1", "b2", "rc1"]),
    st.sampled_from(["", "", "", ".post0", ".post1"]),
    st.sampled_from(["", "", "", ".dev0", ".dev1"]),
    st.sampled_from(["", "", "", "+cpu", "+cu1"]),
)
PUBLIC = VERSIONS.map(lambda text: text.partition("+")[0])
CLAUSES = st.one_of(
    st.builds("{}{}".format, st.sampled_from([">=", "<=", ">", "<"]), PUBLIC),
    st.builds("{}{}".format, st.sampled_from(["==", "!=", "==="]), VERSIONS),
    st.builds(
        "{}{}.*".format,
        st.sampled_from(["==", "!="]),
        st.lists(NUMBERS, min_size=1, max_size=2).map(lambda parts: ".".join(map(str, parts))),
    ),
    st.builds("~={}.{}".format, NUMBERS, PUBLIC.filter(lambda text: "!" not in text)),
)


def package_of(*texts: str) -> PackageVersions:
    return PackageVersions(canonicalize_name("demo"), [Candidate(Version(text), "any") for text in texts])


@given(st.lists(VERSIONS, min_size=1, max_size=12, unique_by=Version), st.lists(CLAUSES, max_size=3).map(",".join))
def test_a_specifier_admits_what_packaging_says_it_contains(texts: list[str], specifier: str) -> None:
    package = package_of(*texts)
    found = {package.versions[position - 1] for position in bits(package.admitted(specifier))}
    wanted = SpecifierSet(specifier)
    assert found == {version for version in package.versions if wanted.contains(version, prereleases=True)}


@given(
    st.lists(VERSIONS, min_size=1, max_size=12, unique_by=Version),
    st.lists(st.lists(CLAUSES, max_size=2).map(",".join), min_size=1, max_size=3),
)
def test_a_union_admits_what_any_of_its_parts_does(texts: list[str], parts: list[str]) -> None:
    package = package_of(*texts)
    found = {
        package.versions[position - 1]
        for position in bits(package.admitted(make_requirement("demo", *parts).specifier))
    }
    wanted = [SpecifierSet(part) for part in parts]
    assert found == {v for v in package.versions if any(part.contains(v, prereleases=True) for part in wanted)}


def test_choices_and_versions_are_each_other_s_inverse() -> None:
    package = package_of("2.0", "1.0", "1.5")
    assert tuple(package.versions) == (Version("1.0"), Version("1.5"), Version("2.0"))
    assert [package.version(package.choice(version)) for version in package.versions] == list(package.versions)
    assert package.choice(Version("3")) == 0


@pytest.mark.parametrize(
    ("specifier", "words"),
    [
        (">=1.5", "1.5 to 4.0"),
        ("==1.0", "1.0"),
        ("!=1.5", "1.0, 2.0 to 4.0"),
        ("!=1.5,!=2.5,!=3.0,!=3.5", "1.0, 2.0, 4.0"),
        ("", "1.0 to 4.0"),
    ],
)
def test_a_set_is_told_in_runs(specifier: str, words: str) -> None:
    package = package_of("1.0", "1.5", "2.0", "2.5", "3.0", "3.5", "4.0")
    assert package.describe(package.admitted(specifier)) == words


def test_a_ragged_set_is_cut_short() -> None:
    package = package_of(*map(str, range(12)))
    assert package.describe(sum(package.choice(Version(str(n))) for n in range(0, 12, 2))) == "0, 2, 4, 3 more ranges"
