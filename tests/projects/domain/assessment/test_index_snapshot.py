"""Which releases help where the one in use does not install: a search over all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from projects.domain.assessment.index_snapshot import PackageSnapshot, installable_from
from scanner.domain.matching.availability import Availability, Offer
from scanner.domain.resolution.model.candidate_list import Candidate, CandidateList
from scanner.domain.resolution.model.policy import BuildPolicy, SourcePolicy

WHEELS = BuildPolicy(SourcePolicy.NEVER)


def package(text: str) -> PackageSnapshot:
    """Releases of one column: "1.0:none 1.1:native 2.0b1:yanked", where "yanked" is a yanked native wheel."""
    releases = []
    for pk, release in enumerate(text.split()):
        version, _, state = release.partition(":")
        yanked = state == "yanked"
        offer = Offer(Availability("native" if yanked else state), yanked)
        releases.append(Candidate(Version(version), None, offers=(offer,), build="compiled", pk=pk))
    ordered = sorted(releases, key=lambda one: one.version)
    return PackageSnapshot("demo", True, True, "", "active", None, CandidateList.of(ordered))


def found(text: str, current: str | None, policy: BuildPolicy = WHEELS) -> list[str]:
    return [
        str(one.version) for one in installable_from(package(text), 0, policy, Version(current) if current else None)
    ]


@pytest.mark.parametrize(
    ("releases", "current", "prereleases", "first", "latest"),
    [
        ("1.0:none 1.1:native 1.2:none 1.3:abi3", "1.0", False, "1.1", "1.3"),
        ("1.0:native 1.1:none", "1.0", False, "1.0", "1.0"),
        ("1.0:native 1.1:none", "1.1", False, None, None),
        ("1.0:none 1.1:source 1.2:fallback 1.3:pure", "1.0", False, "1.2", "1.3"),
        ("1.0:none 1.1:yanked 1.2:native", "1.0", False, "1.2", "1.2"),
        ("1.0:none 1.1:yanked", "1.0", False, None, None),
        ("1.0:none 2.0rc1:native", "1.0", False, None, None),
        ("1.0:none 2.0rc1:native", "1.0", True, "2.0rc1", "2.0rc1"),
        ("1.0:none 2.0.dev1:native", "1.0", False, None, None),
        ("1.0b1:none 1.0b2:native 1.0:native", "1.0b1", False, "1.0b2", "1.0"),
        ("1.0b1:none 1.0b2:native", None, False, "1.0b2", "1.0b2"),
        ("1.0b2:native 1.0:absent", None, False, "1.0b2", "1.0b2"),
        ("1.0b2:native 1.0:yanked", None, False, "1.0b2", "1.0b2"),
        ("9.0:native 1!1.0:native", "8.0", False, "9.0", "1!1.0"),
        ("1.0:none 1.0+cu12:native 1.0.post1:native", "1.0", False, "1.0+cu12", "1.0.post1"),
        ("1.9:native 1.10:native 1.8:native", "1.9", False, "1.9", "1.10"),
        ("", None, False, None, None),
    ],
)
def test_the_first_and_the_latest_version_that_install(
    releases: str, current: str | None, prereleases: bool, first: str | None, latest: str | None
) -> None:
    versions = found(releases, current, BuildPolicy(SourcePolicy.NEVER, prereleases))
    assert (versions[0] if versions else None) == first
    assert (versions[-1] if versions else None) == latest


def test_a_policy_may_accept_more_than_wheels() -> None:
    assert found("1.0:none 1.1:source 1.2:native", None, BuildPolicy(SourcePolicy.ANY)) == ["1.1", "1.2"]


states = st.sampled_from(["native", "abi3", "pure", "fallback", "source", "none", "excluded", "absent", "yanked"])
versions = st.sampled_from(["0.9", "1.0a1", "1.0", "1.0.post1", "1.1.dev3", "1.1", "2.0rc1", "2.0", "1!0.1"])
releases = st.lists(st.tuples(versions, states), unique_by=lambda each: each[0], max_size=9)


@given(releases, st.none() | versions, st.booleans())
def test_the_search_is_a_search_over_all(drawn: list[tuple[str, str]], current: str | None, pre: bool) -> None:
    text = " ".join(f"{version}:{state}" for version, state in drawn)
    helped = {Version(version) for version in found(text, current, BuildPolicy(SourcePolicy.NEVER, pre))}
    installable = {Version(version) for version, state in drawn if state in {"native", "abi3", "pure", "fallback"}}
    floor = Version(current) if current else None
    assert helped <= {version for version in installable if floor is None or version >= floor}
    assert helped >= {
        version for version in installable if not version.is_prerelease and (floor is None or version >= floor)
    }
