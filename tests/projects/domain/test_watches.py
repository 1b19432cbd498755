"""When a watched cell counts as having got its wheel."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from projects.domain.assessment.verdicts import ProjectVerdict
from projects.domain.watches import (
    TargetProgress,
    WatchCriteria,
    WatchMatch,
    first_match,
    new_match,
    parse_version,
    target_progress,
    watch_criteria,
)
from scanner.domain.files.filenames import FileKind
from scanner.domain.matching.availability import Availability, ReleaseFileFacts
from scanner.domain.matching.explain import explain_cell
from scanner.domain.targets.target import parse_target

TARGET = parse_target("cp313-win_amd64")
FITTING = "cp313-cp313-win_amd64"
OTHER = "cp312-cp312-win_amd64"


def wheel(version: str, tags: str, *, yanked: bool = False, requires_python: str | None = None) -> ReleaseFileFacts:
    return ReleaseFileFacts(
        f"demo-{version}-{tags}.whl", FileKind.WHEEL, tag_set=tags, yanked=yanked, requires_python=requires_python
    )


def sdist(version: str) -> ReleaseFileFacts:
    return ReleaseFileFacts(f"demo-{version}.tar.gz", FileKind.SDIST)


def news_of(*files: ReleaseFileFacts) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for file in files:
        found.setdefault(file.filename.split("-")[1].removesuffix(".tar.gz"), set()).add(file.filename)
    return found


def test_a_fitting_wheel_of_a_new_release_ends_the_wait() -> None:
    files = (sdist("2.0"), wheel("2.0", OTHER), wheel("2.0", FITTING))
    found = new_match(WatchCriteria(TARGET, Version("1.0")), {"2.0": files}, news_of(*files))
    assert found == WatchMatch("2.0", explain_cell(files, TARGET))
    assert found.cell.file == f"demo-2.0-{FITTING}.whl"
    assert found.cell.tag == FITTING


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ([sdist("2.0")], "an sdist alone must be built"),
        ([wheel("2.0", OTHER)], "the wheel is for another Python"),
        ([wheel("2.0", FITTING, yanked=True)], "a yanked wheel never counts"),
        ([wheel("2.0", FITTING, requires_python=">=3.14")], "the release refuses this Python"),
        ([wheel("2.0rc1", FITTING)], "a pre-release does not count by default"),
        ([wheel("0.9", FITTING)], "it is older than the version in use"),
    ],
)
def test_what_does_not_end_the_wait(files: list[ReleaseFileFacts], why: str) -> None:
    version = files[0].filename.split("-")[1].removesuffix(".tar.gz")
    assert new_match(WatchCriteria(TARGET, Version("1.0")), {version: files}, news_of(*files)) is None, why


def test_a_prerelease_counts_when_the_project_takes_prereleases() -> None:
    files = [wheel("2.0rc1", FITTING)]
    found = new_match(WatchCriteria(TARGET, Version("1.0"), prereleases=True), {"2.0rc1": files}, news_of(*files))
    assert found is not None
    assert found.version == "2.0rc1"


def test_a_wheel_added_to_the_version_in_use_counts() -> None:
    new = wheel("1.0", FITTING)
    found = new_match(WatchCriteria(TARGET, Version("1.0")), {"1.0": [sdist("1.0"), new]}, news_of(new))
    assert found is not None
    assert found.version == "1.0"


def test_another_wheel_of_a_release_that_served_already_is_no_news() -> None:
    old, new = wheel("2.0", FITTING), wheel("2.0", OTHER)
    assert new_match(WatchCriteria(TARGET, Version("1.0")), {"2.0": [old, new]}, news_of(new)) is None


def test_of_several_new_releases_the_smallest_step_is_told() -> None:
    first, second = wheel("2.0", FITTING), wheel("10.0", FITTING)
    found = new_match(WatchCriteria(TARGET, None), {"10.0": [second], "2.0": [first]}, news_of(first, second))
    assert found is not None
    assert found.version == "2.0"


def test_without_a_version_in_use_every_release_counts() -> None:
    new = wheel("0.1", FITTING)
    assert new_match(WatchCriteria(TARGET), {"0.1": [new]}, news_of(new)) is not None


def test_who_has_the_fallback_waits_for_the_compiled_wheel() -> None:
    in_use = [wheel("1.0", "py3-none-any"), wheel("1.0", OTHER)]
    again = [wheel("2.0", "py3-none-any"), wheel("2.0", OTHER)]
    better = wheel("3.0", FITTING)
    releases = {"1.0": in_use, "2.0": again, "3.0": [better]}
    criteria = watch_criteria(TARGET, "1.0", releases, prereleases=False)
    assert criteria.beyond_fallback
    assert new_match(criteria, releases, news_of(*again)) is None
    found = new_match(criteria, releases, news_of(*again, better))
    assert found is not None
    assert (found.version, found.cell.availability) == ("3.0", Availability.NATIVE)


def test_who_has_no_wheel_takes_the_fallback() -> None:
    releases = {"1.0": [sdist("1.0")], "2.0": [wheel("2.0", "py3-none-any"), wheel("2.0", OTHER)]}
    criteria = watch_criteria(TARGET, "1.0", releases, prereleases=False)
    found = new_match(criteria, releases, news_of(*releases["2.0"]))
    assert found is not None
    assert found.cell.availability is Availability.FALLBACK


def test_news_of_a_release_that_is_gone_again_is_none() -> None:
    assert new_match(WatchCriteria(TARGET), {}, {"2.0": {"demo-2.0-py3-none-any.whl"}}) is None


def test_a_cell_that_is_served_already_is_found_at_its_lowest_version() -> None:
    releases = {"1.1": [wheel("1.1", FITTING)], "1.0": [sdist("1.0")], "1.2": [wheel("1.2", FITTING)]}
    found = first_match(watch_criteria(TARGET, "1.0", releases, prereleases=False), releases)
    assert found is not None
    assert found.version == "1.1"
    assert first_match(WatchCriteria(TARGET, Version("2.0")), releases) is None


@pytest.mark.parametrize("text", ["", "not a version", "1.0.x", " "])
def test_an_unreadable_version_in_use_is_none(text: str) -> None:
    assert parse_version(text) is None


versions = st.sampled_from(["0.9", "1.0", "1.0.post1", "1!0.1", "2.0a1", "2.0", "10.0", "nonsense"])
tag_sets = st.sampled_from([FITTING, OTHER, "py3-none-any", "cp39-abi3-win_amd64", "cp313-cp313t-win_amd64"])


@st.composite
def some_releases(draw: st.DrawFn) -> dict[str, list[ReleaseFileFacts]]:
    releases: dict[str, list[ReleaseFileFacts]] = {}
    for version in draw(st.sets(versions, min_size=1)):
        tags = draw(st.sets(tag_sets))
        releases[version] = [wheel(version, tag, yanked=draw(st.booleans())) for tag in sorted(tags)]
        if draw(st.booleans()):
            releases[version].append(sdist(version))
    return releases


@given(some_releases(), st.data())
def test_what_is_told_is_always_true_new_and_wanted(
    releases: dict[str, list[ReleaseFileFacts]], data: st.DataObject
) -> None:
    news = {
        version: {file.filename for file in files if data.draw(st.booleans())} for version, files in releases.items()
    }
    criteria = watch_criteria(TARGET, data.draw(versions), releases, prereleases=data.draw(st.booleans()))
    found = new_match(criteria, releases, news)
    if found is None:
        return
    version = Version(found.version)
    assert criteria.above is None or version >= criteria.above
    assert criteria.prereleases or not version.is_prerelease
    assert found.cell.availability.installs_wheel
    assert not found.cell.yanked
    assert news[found.version]
    # Dispatching the same news again, when they are no news any more, tells nothing.
    assert new_match(criteria, releases, {}) is None


@given(some_releases())
def test_a_package_whose_files_are_all_new_is_told_exactly_when_it_is_served(
    releases: dict[str, list[ReleaseFileFacts]],
) -> None:
    criteria = WatchCriteria(TARGET)
    news = {version: {file.filename for file in files} for version, files in releases.items()}
    assert new_match(criteria, releases, news) == first_match(criteria, releases)


NO_GO, GO, CONDITIONAL = ProjectVerdict.NO_GO, ProjectVerdict.GO, ProjectVerdict.CONDITIONAL


@pytest.mark.parametrize(
    ("reported", "blockers", "verdict", "progress"),
    [
        (["a", "b"], ["b"], NO_GO, TargetProgress(("a",), is_clear=False)),
        (["a", "b"], ["b", "c"], NO_GO, TargetProgress(("a",), is_clear=False)),
        (["a"], [], NO_GO, TargetProgress(("a",), is_clear=False)),
        (["a", "b"], [], CONDITIONAL, TargetProgress(("a", "b"), is_clear=True)),
        ([], [], GO, TargetProgress((), is_clear=True)),
        (["a"], ["a"], NO_GO, None),
        (["a"], ["a", "b"], NO_GO, None),
        (["a"], [], ProjectVerdict.UNKNOWN, None),
    ],
)
def test_a_watched_target_reports_what_fell(
    reported: list[str], blockers: list[str], verdict: ProjectVerdict, progress: TargetProgress | None
) -> None:
    assert target_progress(reported, blockers, verdict, reported_clear=False) == progress


def test_a_target_that_was_reported_clear_is_not_reported_again() -> None:
    assert target_progress([], [], GO, reported_clear=True) is None
