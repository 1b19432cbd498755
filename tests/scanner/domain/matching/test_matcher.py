"""Availability rules, first as single cases, then as properties over made-up releases."""

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.tags import parse_tag

from scanner.domain.files.filenames import FileKind
from scanner.domain.matching.availability import Availability, Offer, ReleaseFileFacts, profile_of
from scanner.domain.matching.explain import explain_cell
from scanner.domain.matching.matcher import Matcher
from scanner.domain.targets.catalogue import CATALOGUE, SAMPLE_TARGETS
from scanner.domain.targets.target import Target, parse_target

MATCHER = Matcher(CATALOGUE)
COLUMNS = {target.slug: i for i, target in enumerate(CATALOGUE)}


def file(what: str, requires_python: str | None = None, *, yanked: bool = False) -> ReleaseFileFacts:
    """`what` is a tag set, or a kind; a build tag may stand before a colon: "2:py3-none-any"."""
    build, _, rest = what.rpartition(":")
    if rest in set(FileKind):
        return ReleaseFileFacts(f"foo-1.0.{rest}", FileKind(rest), None, (), requires_python, yanked)
    name = f"foo-1.0{'-' + build if build else ''}-{rest}.whl"
    tags = (int(build), "") if build else ()
    return ReleaseFileFacts(name, FileKind.WHEEL, rest, tags, requires_python, yanked)


def offered(slug: str, *files: ReleaseFileFacts) -> Offer:
    """What the release offers, by both routes."""
    target = parse_target(slug)
    offer = Matcher([target]).offers(profile_of(files))[0]
    cell = explain_cell(files, target)
    assert (cell.availability, cell.yanked) == (offer.availability, offer.yanked)
    return offer


@pytest.mark.parametrize(
    ("slug", "files", "availability"),
    [
        ("cp313-win_amd64", "cp313-cp313-win_amd64 sdist", "native"),
        ("cp313-win_amd64", "cp39-abi3-win_amd64 sdist", "abi3"),
        ("cp313-win_amd64", "cp313-abi3-win_amd64", "abi3"),
        ("cp313-win_amd64", "cp314-abi3-win_amd64", "none"),
        ("cp313-win_amd64", "cp313-none-win_amd64 cp39-abi3-win_amd64", "native"),
        ("cp313-win_amd64", "py3-none-win_amd64 cp39-abi3-win_amd64", "abi3"),
        ("cp313-win_amd64", "py3-none-win_amd64 py3-none-any", "native"),
        ("cp313-win_amd64", "py3-none-any sdist", "pure"),
        ("cp313-win_amd64", "py2.py3-none-any", "pure"),
        ("cp313-win_amd64", "cp313-none-any", "pure"),
        ("cp313-win_amd64", "py313-none-any", "pure"),
        ("cp313-win_amd64", "py314-none-any sdist", "source"),
        ("cp313-win_amd64", "py2-none-any", "none"),
        ("cp313-win_amd64", "cp313-cp313-any", "none"),
        ("cp313-win_amd64", "py3-none-any cp312-cp312-win_amd64", "fallback"),
        ("cp313-win_amd64", "py3-none-any cp313-cp313-manylinux_2_17_x86_64", "fallback"),
        ("cp313-win_amd64", "sdist", "source"),
        ("cp313-win_amd64", "cp312-cp312-win_amd64 sdist", "source"),
        ("cp313-win_amd64", "cp312-cp312-win_amd64", "none"),
        ("cp313-win_amd64", "egg wininst msi rpm other", "none"),
        ("cp313-win_amd64", "", "absent"),
        # free-threaded builds: their own ABI, no abi3, abi3t from 3.15
        ("cp313t-win_amd64", "cp313-cp313t-win_amd64", "native"),
        ("cp313t-win_amd64", "cp313-cp313-win_amd64", "none"),
        ("cp313-win_amd64", "cp313-cp313t-win_amd64", "none"),
        ("cp314t-win_amd64", "cp39-abi3-win_amd64 sdist", "source"),
        ("cp314t-win_amd64", "py3-none-any", "pure"),
        ("cp314t-win_amd64", "cp314-none-win_amd64", "native"),
        ("cp315t-win_amd64", "cp315-abi3t-win_amd64", "abi3"),
        ("cp316t-win_amd64", "cp315-abi3t-win_amd64", "abi3"),
        ("cp314t-win_amd64", "cp315-abi3t-win_amd64", "none"),
        ("cp315-win_amd64", "cp315-abi3t-win_amd64", "none"),
        ("cp315-win_amd64", "cp315-abi3.abi3t-win_amd64", "abi3"),
        ("cp315t-win_amd64", "cp315-abi3.abi3t-win_amd64", "abi3"),
        ("cp314-win_amd64", "cp315-abi3.abi3t-win_amd64", "none"),
        ("cp316-win_amd64", "cp315-abi3.abi3t-win_amd64", "abi3"),
        # PyPy
        ("pp311-win_amd64", "pp311-pypy311_pp80-win_amd64", "native"),
        ("pp311-win_amd64", "pp311-pypy311_pp73-win_amd64", "none"),
        ("pp311_pp73-win_amd64", "pp311-pypy311_pp73-win_amd64", "native"),
        ("pp311-win_amd64", "cp39-abi3-win_amd64 py3-none-any", "fallback"),
        # platforms
        ("cp313-manylinux_2_28_x86_64", "cp313-cp313-manylinux2014_x86_64", "native"),
        ("cp313-manylinux_2_28_x86_64", "cp313-cp313-manylinux_2_34_x86_64", "none"),
        ("cp313-manylinux_2_28_x86_64", "cp313-cp313-linux_x86_64", "native"),
        ("cp313-manylinux_2_28_x86_64", "cp313-cp313-musllinux_1_2_x86_64", "none"),
        ("cp313-musllinux_1_2_x86_64", "cp313-cp313-musllinux_1_1_x86_64", "native"),
        ("cp313-musllinux_1_2_x86_64", "cp313-cp313-manylinux2014_x86_64 sdist", "source"),
        ("cp313-macosx_14_0_arm64", "cp313-cp313-macosx_10_13_universal2", "native"),
        ("cp313-macosx_14_0_arm64", "cp313-cp313-macosx_15_0_arm64", "none"),
        ("cp313-macosx_14_0_arm64", "cp313-cp313-macosx_10_13_x86_64", "none"),
        ("cp313-win_arm64", "cp313-cp313-win_amd64", "none"),
        ("cp313-ios_13_0_arm64_iphoneos", "cp313-cp313-ios_13_0_arm64_iphoneos", "native"),
        ("cp313-pyodide_2025_0_wasm32", "cp313-cp313-pyodide_2025_0_wasm32", "native"),
    ],
)  # fmt: skip
def test_a_release_offers_a_target(slug: str, files: str, availability: str) -> None:
    assert offered(slug, *map(file, files.split())) == Offer(Availability(availability), yanked=False)


@pytest.mark.parametrize(
    ("slug", "files", "expected"),
    [
        ("cp39-win_amd64", [("py3-none-any", ">=3.10")], "excluded"),
        ("cp310-win_amd64", [("py3-none-any", ">=3.10")], "pure"),
        ("cp316-win_amd64", [("py3-none-any", ">=3.16")], "pure"),
        ("cp315-win_amd64", [("py3-none-any", "<3.15")], "excluded"),
        ("cp39-win_amd64", [("cp310-cp310-win_amd64", ">=3.10"), ("sdist", ">=3.10")], "excluded"),
        ("cp39-win_amd64", [("cp310-cp310-win_amd64", ">=3.10"), ("sdist", None)], "source"),
        ("cp39-win_amd64", [("cp310-cp310-win_amd64", ">=3.10"), ("egg", None)], "excluded"),
        ("cp39-win_amd64", [("cp39-cp39-win_amd64", ">=3.10"), ("cp310-cp310-win_amd64", None)], "excluded"),
        ("cp39-win_amd64", [("cp310-cp310-win_amd64", None), ("sdist", ">=3.10")], "excluded"),
        ("cp39-win_amd64", [("cp310-cp310-win_amd64", None), ("cp311-cp311-win_amd64", ">=3.10")], "none"),
        ("cp39-win_amd64", [("egg", ">=3.10")], "none"),
        ("cp39-win_amd64", [("py3-none-any", ">=3.10.*")], "pure"),
        ("cp39-win_amd64", [("py3-none-any", "not a specifier")], "pure"),
        ("cp39-win_amd64", [("py3-none-any", "")], "pure"),
        ("cp39-win_amd64", [("py3-none-any", ">=3.9.99")], "excluded"),
    ],
)
def test_requires_python_counts_file_by_file(slug: str, files: list[tuple[str, str | None]], expected: str) -> None:
    assert offered(slug, *(file(*each) for each in files)) == Offer(Availability(expected), yanked=False)


@pytest.mark.parametrize(
    ("files", "offer"),
    [
        ("py3-none-any", ("pure", True)),
        ("sdist", ("source", True)),
        ("cp312-cp312-win_amd64", ("none", False)),
    ],
)
def test_a_release_of_yanked_files_alone_is_flagged(files: str, offer: tuple[str, bool]) -> None:
    availability, yanked = offer
    taken = offered("cp313-win_amd64", *(file(each, yanked=True) for each in files.split()))
    assert taken == Offer(Availability(availability), yanked)


def test_a_file_that_is_not_yanked_wins_over_a_better_one_that_is() -> None:
    files = (file("cp313-cp313-win_amd64", yanked=True), file("sdist"))
    assert offered("cp313-win_amd64", *files) == Offer(Availability.SOURCE, yanked=False)


def test_only_four_answers_install_a_wheel() -> None:
    assert {a.value for a in Availability if a.installs_wheel} == {"native", "abi3", "pure", "fallback"}


tag_sets = st.sampled_from(
    [
        "py3-none-any", "py2-none-any", "py2.py3-none-any", "cp313-none-any", "py3-none-win_amd64",
        "cp313-none-win_amd64", "cp313-cp313-win_amd64", "cp313-cp313t-win_amd64",
        "cp314-cp314t-win_amd64", "cp39-abi3-win_amd64",
        "cp315-abi3.abi3t-win_amd64", "cp315-abi3t-win_arm64", "cp312-cp312-manylinux_2_34_x86_64",
        "cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64", "cp313.cp314-none-musllinux_1_2_x86_64.win_arm64",
        "cp313-cp313-macosx_15_0_arm64", "cp312-cp312-macosx_10_13_universal2", "pp311-pypy311_pp73-win_amd64",
        "cp39.cp310-abi3-manylinux_2_28_aarch64", "cp313-cp313-beos_x86", "py3-none-any.win32",
        "cp313-cp313-linux_armv7l", "cp313-cp313-android_21_arm64_v8a", "cp313-cp313-ios_13_0_arm64_iphoneos",
    ]
)  # fmt: skip
pythons = st.sampled_from([None, ">=3.9", ">=3.13", "<3.14", ">=3.15.1", "!=3.13.*", "nonsense", ""])
kinds = st.sampled_from(["sdist", "egg", "wininst"])
files = st.builds(file, tag_sets | kinds | tag_sets.map("7:{}".format), pythons, yanked=st.booleans())
releases = st.lists(files, max_size=8, unique_by=lambda each: each.filename)
targets = st.sampled_from([*SAMPLE_TARGETS, *CATALOGUE[::7]])


def worth(offer: Offer) -> tuple[bool, int]:
    """Greater is better for somebody who wants to install; a wheel for elsewhere may turn `pure` into `fallback`."""
    wheel, source = offer.availability.installs_wheel, offer.availability is Availability.SOURCE
    return ((wheel or source) and not offer.yanked, 2 if wheel else int(source))


@given(releases)
def test_the_matcher_and_the_judge_agree_on_every_target(release: list[ReleaseFileFacts]) -> None:
    for target, offer in zip(CATALOGUE, MATCHER.offers(profile_of(release)), strict=True):
        cell = explain_cell(release, target)
        assert Offer(cell.availability, cell.yanked) == offer, target.slug
        assert (cell.file is not None) is (offer.availability.installs_wheel or offer.availability == "source")
        assert (cell.tag is not None) is offer.availability.installs_wheel
        assert cell.reason.availability is cell.availability


@given(releases, st.randoms(use_true_random=False), targets)
def test_the_order_of_files_does_not_matter(release: list[ReleaseFileFacts], random: Random, target: Target) -> None:
    mixed = list(release)
    random.shuffle(mixed)
    assert explain_cell(mixed, target) == explain_cell(release, target)


@given(releases, files)
def test_one_more_file_never_makes_a_target_worse(release: list[ReleaseFileFacts], more: ReleaseFileFacts) -> None:
    before, after = MATCHER.offers(profile_of(release)), MATCHER.offers(profile_of([*release, more]))
    for target, old, new in zip(CATALOGUE, before, after, strict=True):
        assert worth(new) >= worth(old), target.slug


@given(tag_sets)
def test_a_mask_is_what_comparing_tags_one_by_one_gives(tag_set: str) -> None:
    tags = {str(tag) for tag in parse_tag(tag_set)}
    naive = sum(1 << i for i, target in enumerate(CATALOGUE) if not tags.isdisjoint(target.tags))
    assert MATCHER.mask(tag_set) == naive


@given(tag_sets)
def test_the_tag_of_a_cell_is_the_first_supported_one(tag_set: str) -> None:
    tags = {str(tag) for tag in parse_tag(tag_set)}
    for target in SAMPLE_TARGETS:
        best = next((tag for tag in target.tags if tag in tags), None)
        assert explain_cell([file(tag_set)], target).tag == best


@given(st.integers(2, 16), st.sampled_from(["win_amd64", "win_arm64", "macosx_11_0_arm64", "manylinux_2_17_x86_64"]))
def test_abi3_serves_every_later_gil_build_and_no_free_threaded_one(minor: int, platform: str) -> None:
    mask = MATCHER.mask(f"cp3{minor}-abi3-{platform}")
    for i, target in enumerate(CATALOGUE):
        runs = platform in target.platform.tags
        loads = (
            target.slug.startswith("cp3") and not target.python.free_threaded and target.python.version >= (3, minor)
        )
        assert bool(mask >> i & 1) is (runs and loads), target.slug


@given(st.integers(15, 16), st.sampled_from(["win_amd64", "manylinux_2_17_x86_64"]))
def test_abi3t_serves_later_free_threaded_builds_and_nothing_else(minor: int, platform: str) -> None:
    mask = MATCHER.mask(f"cp3{minor}-abi3t-{platform}")
    for i, target in enumerate(CATALOGUE):
        runs = platform in target.platform.tags
        loads = target.python.free_threaded and target.python.version >= (3, minor)
        assert bool(mask >> i & 1) is (runs and loads), target.slug
    assert MATCHER.mask(f"cp3{minor}-abi3.abi3t-{platform}") == mask | MATCHER.mask(f"cp3{minor}-abi3-{platform}")


def test_a_tag_set_is_matched_once_and_a_shape_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    matcher = Matcher(SAMPLE_TARGETS)
    profile = profile_of([file("cp313-cp313-win_amd64"), file("sdist")])
    first = matcher.offers(profile)
    monkeypatch.setattr(Matcher, "_match", None)
    monkeypatch.setattr(Matcher, "offers_once", None)
    assert matcher.offers(profile_of([file("sdist"), file("cp313-cp313-win_amd64")])) is first
    assert matcher.mask("cp313-cp313-win_amd64")


def test_a_cell_names_the_file_that_an_installer_takes() -> None:
    when = datetime(2026, 10, 2, 8, 30, tzinfo=UTC)
    older = ReleaseFileFacts("foo-1.0-1-cp313-cp313-win_amd64.whl", FileKind.WHEEL, "cp313-cp313-win_amd64", (1, ""))
    newer = ReleaseFileFacts(
        "foo-1.0-2-cp313-cp313-win_amd64.whl", FileKind.WHEEL, "cp313-cp313-win_amd64", (2, ""), uploaded_at=when
    )
    cell = explain_cell([newer, older, file("py3-none-any"), file("sdist")], parse_target("cp313-win_amd64"))
    assert (cell.file, cell.tag, cell.uploaded_at) == (newer.filename, "cp313-cp313-win_amd64", when)


@pytest.mark.parametrize(
    ("known", "detail"), [(None, "unseen"), ("compiled: Rust", "compiled: Rust"), ("pure", "pure")]
)
def test_a_source_build_carries_what_is_known_about_it(known: str | None, detail: str) -> None:
    target = parse_target("cp313-win_amd64")
    assert explain_cell([file("sdist")], target, source_detail=known).detail == detail
    assert explain_cell([file("py3-none-any"), file("sdist")], target, source_detail=known).detail is None


@given(st.lists(releases, max_size=4))
def test_a_profile_read_from_its_text_offers_the_same_on_few_targets(found: list[list[ReleaseFileFacts]]) -> None:
    few = [parse_target(slug) for slug in ("cp39-win_arm64", "cp313-win_arm64", "cp313-manylinux_2_31_x86_64")]
    matcher = Matcher(few)
    for release in found:
        profile = profile_of(release)
        assert matcher.offers_of_text(profile.text) == Matcher(few).offers(profile)
