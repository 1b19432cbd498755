"""What a change upstream takes from a project: regressions, yanks, and when they are over."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from projects.domain.assessment.verdicts import Severity
from projects.domain.upstream.notes import (
    NoteKind,
    OfferOf,
    PackageUse,
    admits,
    find_regression,
    is_over,
    is_pinned,
    is_reopened,
    replacement_for,
    restored_by,
    yank_severity,
    yanked_uses,
)
from scanner.domain.matching.availability import Availability, Offer

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MAC, LINUX = "cp313-macosx_14_0_x86_64", "cp313-manylinux_2_28_x86_64"
OFFERS = {
    "wheel": Offer(Availability.NATIVE, yanked=False),
    "pure": Offer(Availability.PURE, yanked=False),
    "sdist": Offer(Availability.SOURCE, yanked=False),
    "none": Offer(Availability.NONE, yanked=False),
    "excluded": Offer(Availability.EXCLUDED, yanked=False),
    "yanked": Offer(Availability.NATIVE, yanked=True),
    "yanked sdist": Offer(Availability.SOURCE, yanked=True),
}
ABSENT = Offer(Availability.ABSENT, yanked=False)


def index_of(mac: Mapping[str, str], linux: str = "wheel") -> tuple[list[Version], OfferOf]:
    """The releases of a package, by what each offers on macOS; on Linux they are all alike."""
    table = {Version(version): kind for version, kind in mac.items()}

    def offer_of(version: Version, target: str) -> Offer:
        if version not in table:
            return ABSENT
        return OFFERS[table[version] if target == MAC else linux]

    return sorted(table), offer_of


@pytest.mark.parametrize(
    ("releases", "in_use", "specifier", "admitted", "severity"),
    [
        ({"1.0": "wheel", "1.1": "sdist"}, "1.0", ">=1", True, Severity.HIGH),
        ({"1.0": "wheel", "1.1": "sdist"}, "1.0", "", True, Severity.HIGH),
        ({"1.0": "wheel", "1.1": "none"}, "1.0", ">=1", True, Severity.MODERATE),
        ({"1.0": "wheel", "1.1": "excluded"}, "1.0", ">=1", True, Severity.LOW),
        ({"1.0": "wheel", "1.1": "sdist"}, "1.0", "==1.0", False, Severity.MODERATE),
        ({"1.0": "wheel", "1.1": "sdist"}, "1.0", "<1.1,>=1", False, Severity.MODERATE),
        ({"1.0": "wheel", "1.1": "sdist"}, "1.0", "as you like", None, Severity.HIGH),
        # It stands at the release already: whoever follows the range, or pinned it on the first day.
        ({"1.0": "wheel", "1.1": "sdist"}, "1.1", ">=1", True, Severity.HIGH),
        ({"1.0": "wheel", "1.1": "sdist"}, "1.1", "==1.1", True, Severity.HIGH),
        # The version in use is older than the last good one.
        ({"0.8": "pure", "1.0": "wheel", "1.1": "sdist"}, "0.8", ">=0.8", True, Severity.HIGH),
        # A newer line has the wheel, and the requirements stay below it.
        ({"1.0": "wheel", "1.1": "sdist", "2.0": "wheel"}, "1.0", "<2", True, Severity.HIGH),
        # A newer one is excluded there, so that this is the newest that an installer takes.
        ({"1.0": "wheel", "1.1": "sdist", "1.2": "excluded"}, "1.0", "", True, Severity.HIGH),
    ],
)
def test_a_release_that_drops_a_target_in_use_concerns_the_project(
    releases: dict[str, str], in_use: str, specifier: str, admitted: bool | None, severity: Severity
) -> None:
    versions, offer_of = index_of(releases)
    use = PackageUse(MAC, Version(in_use), specifier)
    places = find_regression(Version("1.1"), {MAC}, [use], versions, offer_of, prereleases=False, builds=False)
    assert [(place.use, place.admitted, place.severity) for place in places] == [(use, admitted, severity)]


@pytest.mark.parametrize(
    ("releases", "in_use", "specifier"),
    [
        ({"1.0": "wheel", "1.1": "sdist", "2.0": "wheel"}, "2.0", ""),
        ({"0.9": "sdist", "1.0": "wheel", "1.1": "sdist"}, "0.9", ""),
        ({"1.0": "wheel", "1.1": "sdist"}, None, ""),
        ({"1.0": "wheel", "1.1": "sdist", "1.2": "wheel"}, "1.0", ""),
        ({"1.0": "wheel", "1.1": "sdist", "2.0": "wheel"}, "1.0", "==1.0"),
        ({"1.0": "yanked", "1.1": "sdist"}, "1.0", "==1.0"),
    ],
    ids=["beyond it", "never had it", "no version", "the next has it", "pinned below a newer line", "not served now"],
)
def test_what_is_no_loss_to_the_project(releases: dict[str, str], in_use: str | None, specifier: str) -> None:
    versions, offer_of = index_of(releases)
    use = PackageUse(MAC, Version(in_use) if in_use else None, specifier)
    assert not find_regression(Version("1.1"), {MAC}, [use], versions, offer_of, prereleases=False, builds=False)


def test_a_prerelease_concerns_only_who_takes_them() -> None:
    versions, offer_of = index_of({"1.0": "wheel", "1.1rc1": "sdist"})
    use = PackageUse(MAC, Version("1.0"))
    for prereleases in (True, False):
        places = find_regression(
            Version("1.1rc1"), {MAC}, [use], versions, offer_of, prereleases=prereleases, builds=False
        )
        assert bool(places) is prereleases


def test_a_build_that_the_policy_accepts_matters_little() -> None:
    versions, offer_of = index_of({"1.0": "wheel", "1.1": "sdist"})
    use = PackageUse(MAC, Version("1.0"))
    (place,) = find_regression(Version("1.1"), {MAC}, [use], versions, offer_of, prereleases=False, builds=True)
    assert place.severity is Severity.LOW


numbers = st.integers(0, 6).map(lambda number: f"1.{number}")
tables = st.dictionaries(numbers, st.sampled_from(sorted(OFFERS)), min_size=1)
specifiers = st.sampled_from(["", ">=1.2", "<1.4", "==1.3", "!=1.3", "~=1.2,<1.5", "nonsense"])


@given(tables, numbers, numbers, specifiers)
def test_whoever_is_told_had_a_wheel_and_finds_none_where_the_requirements_lead(
    table: dict[str, str], version: str, in_use: str, specifier: str
) -> None:
    versions, offer_of = index_of(table)
    uses = [PackageUse(MAC, Version(in_use), specifier), PackageUse(LINUX, Version(in_use), specifier)]
    found = find_regression(Version(version), {MAC}, uses, versions, offer_of, prereleases=False, builds=False)
    assert len(found) <= 1
    for place in found:
        assert place.use.target == MAC
        assert in_use == version or OFFERS[table[in_use]].availability.installs_wheel
        assert Version(in_use) <= Version(version)
        served = {
            other
            for other in versions
            if other >= Version(version) and offer_of(other, MAC) in (OFFERS["wheel"], OFFERS["pure"])
        }
        if place.admitted:
            taken = [
                other for other in versions if offer_of(other, MAC) in (*map(OFFERS.get, ("wheel", "pure", "sdist")),)
            ]
            newest = max((other for other in taken if admits(specifier, other)), default=None)
            assert newest not in served
        else:
            assert not served


@given(tables, numbers, specifiers)
def test_a_loss_is_never_restored_by_a_release_that_does_not_serve(
    table: dict[str, str], version: str, specifier: str
) -> None:
    versions, offer_of = index_of(table)
    found = restored_by(Version(version), MAC, specifier, versions, offer_of)
    if found is not None:
        assert found >= Version(version)
        assert offer_of(found, MAC) in (OFFERS["wheel"], OFFERS["pure"])
        assert not admits(specifier, Version(version)) or admits(specifier, found)


@pytest.mark.parametrize(
    ("specifier", "pinned"),
    [
        ("==1.0", True),
        ("===1.0", True),
        (">=1,==1.0", True),
        ("==1.*", False),
        (">=1.0", False),
        ("", False),
        ("?", False),
    ],
)
def test_a_pin_takes_what_was_withdrawn(specifier: str, pinned: bool) -> None:
    assert is_pinned(specifier) is pinned
    assert yank_severity([PackageUse(MAC, Version("1.0"), specifier)]) is (
        Severity.HIGH if pinned else Severity.MODERATE
    )


def test_a_yank_concerns_the_targets_on_which_that_very_version_is_in_use() -> None:
    _, offer_of = index_of({"1.0": "yanked", "1.1": "wheel"})
    uses = [PackageUse(MAC, Version("1.0")), PackageUse(LINUX, Version("1.0")), PackageUse(MAC, Version("1.1"))]
    assert yanked_uses(Version("1.0"), uses, offer_of) == (uses[0],)


@pytest.mark.parametrize(
    ("releases", "instead"),
    [
        ({"0.9": "wheel", "1.0": "yanked", "1.1": "sdist", "1.2": "wheel", "2.0": "wheel"}, "1.2"),
        ({"0.8": "wheel", "0.9": "wheel", "1.0": "yanked", "1.1": "none"}, "0.9"),
        ({"1.0": "yanked", "1.1rc1": "wheel"}, None),
    ],
)
def test_the_nearest_version_that_serves_takes_the_place_of_a_yanked_one(
    releases: dict[str, str], instead: str | None
) -> None:
    versions, offer_of = index_of(releases)
    found = replacement_for(Version("1.0"), [MAC], versions, offer_of)
    assert found == (Version(instead) if instead else None)


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("kind", "uses", "chosen", "taken_at", "moot"),
    [
        (NoteKind.REGRESSION, [PackageUse(MAC, Version("0.9"))], [MAC, LINUX], NOON + DAY, False),
        (NoteKind.REGRESSION, [PackageUse(MAC, Version("0.9"))], [LINUX], NOON, True),
        (NoteKind.REGRESSION, [], [MAC], NOON, True),
        (NoteKind.YANK, [PackageUse(MAC, Version("1.0"))], [MAC], NOON + DAY, False),
        (NoteKind.YANK, [PackageUse(MAC, Version("1.1"))], [MAC], NOON + DAY, True),
        # A range moved by itself; nobody knows what is deployed.
        (NoteKind.YANK, [PackageUse(MAC, Version("1.1"))], [MAC], NOON - DAY, False),
        (NoteKind.STATUS, [PackageUse(LINUX, None)], [LINUX], NOON + DAY, False),
    ],
)
def test_a_note_is_moot_when_the_project_has_moved_away_from_it(
    kind: NoteKind, uses: list[PackageUse], chosen: list[str], taken_at: datetime, moot: bool
) -> None:
    targets = () if kind is NoteKind.STATUS else (MAC,)
    found = is_over(kind, "1.0", targets, noted_at=NOON, uses=uses, chosen=chosen, taken_at=taken_at)
    assert found is moot


def test_what_comes_again_within_a_day_is_the_same_news() -> None:
    assert is_reopened(NOON, NOON + timedelta(hours=23))
    assert not is_reopened(NOON, NOON + timedelta(hours=25))
