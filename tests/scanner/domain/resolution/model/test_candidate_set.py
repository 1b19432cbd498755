"""What may be chosen of one package: what the index offers, and what the project and the search say of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name
from packaging.version import Version

from scanner.domain.resolution.explain.reasons import Constrained, Obstacle, PackageNotFound, Unavailable
from scanner.domain.resolution.model.cache import InstallableVersions
from scanner.domain.resolution.model.candidate_set import (
    PLACEHOLDER_URL,
    CandidateSet,
    OfferedVersions,
    PackageTerms,
)
from scanner.domain.resolution.model.versions import Candidate, PackageVersions
from scanner.domain.resolution.pubgrub.incompatibility import ABSENT, bits
from tests.scanner.domain.resolution.small_index import requirements

TARGET = "cp313-win_amd64"
DEMO = PackageVersions(
    canonicalize_name("demo"), [Candidate(Version(text), "any") for text in ("1.0", "2.0", "3.0", "4.0b1")]
)
ONE, TWO, THREE, BETA = (DEMO.choice(version) for version in DEMO.versions)
URL = "https://files.example.org/demo.whl"


def offered(without: int = 0, yanked: int = 0, recent: int = 0, known: int = DEMO.all) -> OfferedVersions:
    """All releases install but those of `without`."""
    obstacles = ((Obstacle.NO_FILE, without),) if without else ()
    return OfferedVersions(
        DEMO,
        InstallableVersions(DEMO.all & ~without, yanked, obstacles),
        known,
        recent,
        prereleases=False,
        target=TARGET,
    )


def usable(offer: OfferedVersions, terms: PackageTerms) -> set[str]:
    positions = bits(CandidateSet.of(offer, terms).usable & DEMO.all)
    return {str(DEMO.versions[position - 1]) for position in positions}


@pytest.mark.parametrize(
    ("offer", "terms", "expected"),
    [
        pytest.param(offered(), PackageTerms(), {"1.0", "2.0", "3.0", "4.0b1"}, id="what installs is usable"),
        pytest.param(offered(without=TWO), PackageTerms(), {"1.0", "3.0", "4.0b1"}, id="what has no wheel is not"),
        pytest.param(
            offered(without=TWO),
            PackageTerms(own=requirements("demo==2.0"), pinned=Version("2.0")),
            {"1.0", "3.0", "4.0b1"},
            id="a pin makes no wheel",
        ),
        pytest.param(offered(recent=THREE | BETA), PackageTerms(), {"1.0", "2.0"}, id="what is too young is not"),
        pytest.param(
            offered(recent=THREE | BETA),
            PackageTerms(own=requirements("demo==3.0")),
            {"1.0", "2.0", "3.0"},
            id="what the project pins may be young",
        ),
        pytest.param(
            offered(recent=THREE | BETA),
            PackageTerms(pinned=Version("3.0")),
            {"1.0", "2.0", "3.0"},
            id="so may the version in use",
        ),
        pytest.param(
            offered(),
            PackageTerms(ruled_out=((Obstacle.KNOWN_BREAK, ONE | TWO),)),
            {"3.0", "4.0b1"},
            id="what is ruled out is not",
        ),
        pytest.param(offered(known=ONE), PackageTerms(), {"1.0"}, id="what is not there yet is not"),
    ],
)
def test_usable_releases(offer: OfferedVersions, terms: PackageTerms, expected: set[str]) -> None:
    assert usable(offer, terms) == expected


def test_a_yanked_release_is_admitted_by_a_pin_alone() -> None:
    ranged, pinned = requirements("demo>=2,<3", "demo==2.0")
    found = CandidateSet.of(offered(yanked=TWO), PackageTerms())
    assert (found.admitted(ranged), found.admitted(pinned)) == (0, TWO)
    of_project = CandidateSet.of(offered(yanked=TWO), PackageTerms(own=(pinned,)))
    assert of_project.admitted(ranged) == TWO


def test_prereleases_count_where_one_is_mentioned_or_the_search_opens_them() -> None:
    (plain,) = requirements("demo>=3")
    assert CandidateSet.of(offered(), PackageTerms()).admitted(plain) == THREE
    for terms in (PackageTerms(prereleases=True), PackageTerms(own=requirements("demo>=4.0b1"))):
        assert CandidateSet.of(offered(), terms).admitted(plain) == THREE | BETA


def test_what_a_lock_fixes_satisfies_every_requirement() -> None:
    locked = CandidateSet.of(offered(), PackageTerms(locked=requirements("demo==2.0")))
    assert [locked.admitted(one) for one in requirements("demo>=3", "demo")] == [TWO, TWO]


def test_a_url_is_a_candidate_above_the_versions_and_a_placeholder_one_that_is_not_usable() -> None:
    (direct, other) = requirements(f"demo @ {URL}", "demo @ https://files.example.org/other.whl")
    found = CandidateSet.of(offered(), PackageTerms(own=(direct,), placeholder=True))
    assert found.admitted(direct) == found.urls[URL] > BETA
    assert found.admitted(other) == 0
    assert found.usable & found.urls[URL]
    assert found.known & found.urls[PLACEHOLDER_URL]
    assert not found.usable & found.urls[PLACEHOLDER_URL]


def test_each_constraint_excludes_with_its_own_reason() -> None:
    below, above = requirements("demo<3", "demo>1")
    found = CandidateSet.of(offered(), PackageTerms(own=(below, above), constraints=(below, above)))
    assert found.forbidden[1:] == ((THREE | BETA, Constrained(below)), (ONE | BETA, Constrained(above)))


def test_each_obstacle_is_named_with_its_releases_on_the_target() -> None:
    terms = PackageTerms(ruled_out=((Obstacle.KNOWN_BREAK, TWO),))
    found = CandidateSet.of(offered(without=ONE, recent=THREE), terms)
    (mask, reason), *_ = found.forbidden
    assert mask & DEMO.all == ONE | TWO | THREE
    listed = ((Obstacle.NO_FILE, ONE), (Obstacle.TOO_YOUNG, THREE), (Obstacle.KNOWN_BREAK, TWO))
    assert reason == Unavailable(DEMO.name, ONE | TWO | THREE, listed, TARGET)


def test_a_package_without_a_release_is_not_found() -> None:
    nothing = PackageVersions(canonicalize_name("demo"), [])
    offer = OfferedVersions(nothing, InstallableVersions(0, 0, ()), 0, 0, prereleases=False, target=TARGET)
    assert CandidateSet.of(offer, PackageTerms()).forbidden == ((~ABSENT, PackageNotFound(DEMO.name)),)


MASKS = st.integers(0, (1 << len(DEMO.versions)) - 1).map(lambda mask: mask << 1)


@given(MASKS, MASKS, MASKS, MASKS, MASKS, st.booleans(), st.sampled_from([None, *DEMO.versions]))
def test_each_release_is_usable_tolerated_or_forbidden(
    without: int, yanked: int, recent: int, ruled_out: int, tolerated: int, placeholder: bool, pinned: Version | None
) -> None:
    terms = PackageTerms(
        pinned=pinned,
        tolerated=tolerated,
        placeholder=placeholder,
        ruled_out=((Obstacle.KNOWN_BREAK, ruled_out),),
    )
    found = CandidateSet.of(offered(without, yanked, recent), terms)
    (forbidden, _), *_ = found.forbidden
    assert not found.usable & (forbidden | without | ruled_out)
    assert (found.usable | forbidden | tolerated) & DEMO.all == DEMO.all
    assert not forbidden & (tolerated | ABSENT)
