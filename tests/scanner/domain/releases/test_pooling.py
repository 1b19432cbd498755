"""Records of several indexes pooled into one, as pip pools candidates."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from scanner.domain.files.filenames import FileKind
from scanner.domain.matching.availability import Availability, Offer, ReleaseFileFacts
from scanner.domain.releases.pooling import StoredPackage, StoredRelease, metadata_source, pool, pool_files

NATIVE, PURE, SDIST, NOTHING = (
    Offer(one, False) for one in (Availability.NATIVE, Availability.PURE, Availability.SOURCE, Availability.NONE)
)
NATIVE_YANKED = Offer(Availability.NATIVE, True)
EARLY, LATE = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC)


def release(pk: int, version: str, profile: int = 1, at: datetime | None = EARLY, **facts: object) -> StoredRelease:
    made = StoredRelease(pk, Version(version), profile, at, "", None, "")
    return made._replace(**facts)  # type: ignore[arg-type]  # the names are those of its fields


def record(index: int, *releases: StoredRelease, checked: datetime | None = EARLY, **facts: object) -> StoredPackage:
    usual = {
        "name": "both",
        "exists": bool(releases),
        "status": "active",
        "status_reason": "",
        "checked_at": checked,
        "changed_at": checked,
        "revisions": ((index, 1),),
        "releases": tuple(releases),
        "newest_on": (index,),
    }
    return StoredPackage(**{**usual, **facts})  # type: ignore[arg-type]  # as above


def test_versions_of_all_indexes_stand_together_lowest_first() -> None:
    found = pool({1: record(1, release(1, "1.0"), release(3, "3.0")), 2: record(2, release(2, "2.0"))}, (1, 2))
    assert [str(one.version) for one in found.releases] == ["1.0", "2.0", "3.0"]
    assert (found.exists, found.newest_on, found.revisions) == (True, (1,), ((1, 1), (2, 1)))


def test_a_version_on_two_indexes_is_one_release_with_the_shapes_and_files_of_both() -> None:
    parts = release(1, "1.0", 7, LATE), release(2, "1.0", 5, EARLY, build_detail="pure")
    (one,) = pool({1: record(1, parts[0]), 2: record(2, parts[1])}, (1, 2)).releases
    assert (one.profile, one.pks, one.first_uploaded_at, one.build_detail) == ((5, 7), (1, 2), EARLY, "pure")
    (same,) = pool({1: record(1, parts[0]), 2: record(2, parts[1]._replace(profile=7))}, (2, 1)).releases
    assert (same.profile, same.pks) == (7, (2, 1))


def test_an_index_that_has_said_nothing_keeps_the_package_unanswered() -> None:
    told = record(1, release(1, "1.0"))
    waiting = record(2, checked=None, exists=True, unanswered=((2, "no connection"),))
    assert not pool({1: told}, (1,)).unanswered
    never_asked, failed = pool({1: told}, (1, 2)), pool({1: told, 2: waiting}, (1, 2))
    assert never_asked.unanswered == ((2, ""),)
    assert failed.unanswered == ((2, "no connection"),)
    assert (never_asked.checked_at, failed.checked_at) == (None, None)


def test_the_oldest_check_counts_and_a_status_before_none() -> None:
    found = pool({1: record(1, checked=LATE), 2: record(2, checked=EARLY, status="archived")}, (1, 2))
    assert (found.checked_at, found.changed_at, found.status, found.exists) == (EARLY, LATE, "archived", False)


@pytest.mark.parametrize(
    ("parts", "offers", "chosen"),
    [
        ([{}, {}], [PURE, PURE], 2),
        ([{}, {}], [PURE, NOTHING], 1),
        ([{}, {}], [NOTHING, NOTHING], 2),
        ([{}, {}], [NATIVE, PURE], 1),
        ([{}, {}], [NATIVE_YANKED, PURE], 2),
        ([{}, {}], [SDIST, NATIVE_YANKED], 1),
        ([{}, {}], [PURE, SDIST], 1),
        ([{}, {"metadata_error": "gone"}], [NOTHING, PURE], 1),
        ([{}, {"metadata_error": "gone", "metadata_id": 4}], [NOTHING, PURE], 2),
        ([{"metadata_error": "gone"}, {"metadata_error": "gone"}], [PURE, NOTHING], 1),
    ],
)
def test_the_metadata_is_that_of_the_file_which_pip_would_take(
    parts: Sequence[dict[str, object]], offers: Sequence[Offer], chosen: int
) -> None:
    rows = {at: record(at, release(at, "1.0", 1, EARLY, **facts)) for at, facts in enumerate(parts, 1)}
    (one,) = pool(rows, (1, 2)).releases
    assert metadata_source(one, lambda part: [offers[part.pk - 1]]).pk == chosen


def file(name: str, at: datetime | None = None, *, yanked: bool = False, python: str | None = None) -> ReleaseFileFacts:
    return ReleaseFileFacts(name, FileKind.SDIST, None, (), python, yanked, at)


def test_the_same_file_on_two_indexes_is_one_with_the_earliest_time_that_any_tells() -> None:
    assert pool_files([[file("a", LATE)], [file("a", EARLY)], [file("a"), file("b")]]) == (file("a", EARLY), file("b"))


def test_what_indexes_say_differently_of_a_file_is_kept_side_by_side() -> None:
    found = pool_files([[file("a", EARLY, yanked=True)], [file("a")], [file("a", python=">=3.9")]])
    assert {(one.yanked, one.requires_python) for one in found} == {(True, None), (False, None), (False, ">=3.9")}
    assert {one.uploaded_at for one in found} == {EARLY}


_FILES = st.lists(
    st.builds(
        file,
        st.sampled_from("abc"),
        st.sampled_from([None, EARLY, LATE]),
        yanked=st.booleans(),
        python=st.sampled_from([None, ">=3.9"]),
    ),
    max_size=4,
)


@given(st.lists(_FILES, min_size=1, max_size=3))
def test_pooling_loses_and_invents_no_offer_and_the_order_of_the_indexes_does_not_matter(
    groups: list[list[ReleaseFileFacts]],
) -> None:
    found = pool_files(groups)
    assert {one.profile_file for one in found} == {one.profile_file for group in groups for one in group}
    if len(groups) > 1:
        assert set(found) == set(pool_files(reversed(groups)))
