"""Candidates that are made when they are asked for."""

from packaging.utils import canonicalize_name
from packaging.version import Version

from scanner.domain.releases.version_list import VersionList
from scanner.domain.resolution.model.candidate_list import Candidate, CandidateList
from scanner.domain.resolution.model.versions import PackageVersions

TEXTS = ("1.0", "1.1rc1", "1.1", "2.0")


def lazy(made: list[int]) -> CandidateList:
    """A list of four candidates that notes which it makes."""

    def make(place: int) -> Candidate:
        made.append(place)
        return Candidate(Version(TEXTS[place]), "ab"[place % 2], pk=place)

    return CandidateList(VersionList(TEXTS), "abab", [1, 2, None, 4], [1], make)


def test_sets_of_versions_make_only_one_candidate_of_each_profile() -> None:
    made: list[int] = []
    package = PackageVersions(canonicalize_name("demo"), lazy(made))
    assert package.admitted(">=1.1,<3") == 0b11000
    assert (package.prereleases, package.undated) == (0b00100, 0b01000)
    assert package.choice(Version("1.1.0")) == 0b01000
    assert made == []
    assert [(one.pk, mask) for one, mask in package.profiles] == [(0, 0b01010), (1, 0b10100)]
    assert made == [0, 1]


def test_each_candidate_is_made_once_from_whichever_end_it_is_asked_for() -> None:
    made: list[int] = []
    candidates = lazy(made)
    assert candidates[-1] is candidates[3] is candidates[2:][1] is next(reversed(candidates))
    assert made == [3, 2]
    assert [one.pk for one in candidates] == [0, 1, 2, 3]
    assert sorted(made) == [0, 1, 2, 3]


def test_a_candidate_that_was_replaced_is_not_made() -> None:
    made: list[int] = []
    candidates = lazy(made)
    learned = Candidate(Version("2.0"), "b", requires_dist=("six",))
    candidates[3] = learned
    assert candidates[-1] is learned
    assert made == []
