import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from scanner.domain.files import Kind
from scanner.domain.matching import Availability, Matcher, Offer
from scanner.domain.matrix import ReleaseOffer, build_matrix, first_available, latest_available
from scanner.domain.shapes import Offered, Shape
from scanner.domain.targets import parse_target


def row(text: str) -> list[ReleaseOffer]:
    """ "1.0:none 1.1:native 2.0b1:yanked" -> releases of one column; "yanked" is a yanked native wheel."""
    found = []
    for release in text.split():
        version, _, state = release.partition(":")
        yanked = state == "yanked"
        found.append(ReleaseOffer(Version(version), (Offer(Availability("native" if yanked else state), yanked),)))
    return found


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
    floor = Version(current) if current else None
    found = first_available(row(releases), 0, current=floor, prereleases=prereleases)
    last = latest_available(row(releases), 0, current=floor, prereleases=prereleases)
    assert (found and str(found.version)) == first
    assert (last and str(last.version)) == latest


def test_a_policy_may_accept_more_than_wheels() -> None:
    def any_source(release: ReleaseOffer, offer: Offer) -> bool:
        return offer.availability is Availability.SOURCE or offer.availability.installs_wheel

    found = first_available(row("1.0:none 1.1:source 1.2:native"), 0, accepts=any_source)
    assert found is not None
    assert found.version == Version("1.1")


states = st.sampled_from(["native", "abi3", "pure", "fallback", "source", "none", "excluded", "absent", "yanked"])
versions = st.sampled_from(["0.9", "1.0a1", "1.0", "1.0.post1", "1.1.dev3", "1.1", "2.0rc1", "2.0", "1!0.1"])
releases = st.lists(st.tuples(versions, states), unique_by=lambda each: each[0], max_size=9)


@given(releases, st.none() | versions.map(Version), st.booleans())
def test_the_search_is_a_search_over_all(found: list[tuple[str, str]], current: Version | None, pre: bool) -> None:
    rows = row(" ".join(f"{version}:{state}" for version, state in found))
    first = first_available(rows, 0, current=current, prereleases=pre)
    latest = latest_available(rows, 0, current=current, prereleases=pre)
    assert (first is None) is (latest is None)
    assert first == first_available(reversed(rows), 0, current=current, prereleases=pre)
    installable = [r.version for r in rows if r.offers[0].availability.installs_wheel and not r.offers[0].yanked]
    finals = [v for v in installable if not v.is_prerelease and (current is None or v >= current)]
    if first is not None and latest is not None:
        assert first.version in installable
        assert current is None or first.version >= current
        assert all(first.version <= version <= latest.version for version in finals)
    else:
        assert finals == []


def test_a_matrix_is_in_version_order_and_shares_what_equal_shapes_offer() -> None:
    matcher = Matcher([parse_target("cp313-win_amd64"), parse_target("cp313t-win_amd64")])
    wheel = Shape.of([Offered("cp313-cp313-win_amd64", Kind.WHEEL)])
    sdist = Shape.of([Offered(None, Kind.SDIST)])
    matrix = build_matrix({Version("1.10"): wheel, Version("1.9"): sdist, Version("1.11"): wheel}, matcher)
    assert [str(release.version) for release in matrix] == ["1.9", "1.10", "1.11"]
    assert [offer.availability.value for offer in matrix[1].offers] == ["native", "none"]
    assert matrix[1].offers is matrix[2].offers
