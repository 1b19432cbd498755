"""Columns of releases: changed step by step, they are those of all releases at once."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import Version

from scanner.domain.releases.release_columns import PolledRelease, ReleaseColumns, from_microseconds, to_microseconds
from scanner.domain.releases.version_list import VersionList

TEXTS = st.sampled_from(["0.1", "1.0", "1.0.0", "1.0rc1", "1.10", "1.9", "2.0.dev3", "2!0", "1.0+cpu", "1.0.post1"])
TIMES = st.none() | st.datetimes(timezones=st.just(UTC), min_value=datetime(1999, 1, 1))  # noqa: DTZ001  the zone is given
RELEASES = st.dictionaries(TEXTS, st.builds(PolledRelease, st.integers(1, 9), st.integers(1, 3), TIMES))


@given(st.lists(st.tuples(RELEASES, st.sets(TEXTS)), max_size=4))
@settings(max_examples=60)
def test_columns_after_changes_are_those_of_what_is_left(
    changes: list[tuple[dict[str, PolledRelease], set[str]]],
) -> None:
    left: dict[str, PolledRelease] = {}
    keys: dict[str, int] = {}
    columns = ReleaseColumns.of({})
    for stored, removed in changes:
        gone = {text: one for text, one in left.items() if text in removed - stored.keys()}
        keyed = {text: one._replace(pk=keys.setdefault(text, 10 + len(keys))) for text, one in stored.items()}
        left = {**{text: one for text, one in left.items() if text not in gone}, **keyed}
        columns = columns.changed(keyed, {one.pk for one in gone.values()})
        assert columns == ReleaseColumns.of(left)
        assert ReleaseColumns.from_bytes(columns.to_bytes()) == columns
    versions = [Version(text) for text in columns.versions]
    assert versions == sorted(versions)
    assert columns.prereleases == [place for place, version in enumerate(versions) if version.is_prerelease]
    dates = [None if number is None else from_microseconds(number) for number in columns.uploads]
    assert dates == [left[text].uploaded_at for text in columns.versions]


@given(TIMES.filter(bool))
def test_a_time_comes_back_from_its_microseconds(moment: datetime) -> None:
    assert from_microseconds(to_microseconds(moment)) == moment


@given(st.lists(TEXTS, unique=True), TEXTS)
def test_a_version_is_found_where_a_list_of_parsed_ones_has_it_last(texts: list[str], wanted: str) -> None:
    ordered = sorted(texts, key=lambda text: (Version(text), text))
    places = [place for place, text in enumerate(ordered) if Version(text) == Version(wanted)]
    for versions in (VersionList(ordered), VersionList.parsed(map(Version, ordered))):
        assert versions.find(Version(wanted)) == (places[-1] if places else None)
        assert versions[1:] == tuple(map(Version, ordered))[1:]
        assert [*versions] == [*map(Version, ordered)]


def test_many_releases_at_once_join_those_that_are_there() -> None:
    before = {text: PolledRelease(number, 1, None) for number, text in enumerate(["1.0", "1.5", "2.0"])}
    many = {f"1.{number}": PolledRelease(10 + number, 2, None) for number in range(20)}
    columns = ReleaseColumns.of(before).changed(many, {2})
    assert columns == ReleaseColumns.of({"1.0": before["1.0"], **many})
    assert columns.versions == [f"1.{number}" for number in range(20)]
