import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.tags import parse_tag
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from scanner.domain.files.filenames import (
    LONGEST_NAME,
    FileKind,
    ParsedFilename,
    UnparsedFilename,
    parse_filename,
    read_wheel_tags,
)

FOO = canonicalize_name("foo")


def package_of(row: dict[str, object]) -> NormalizedName:
    """The package on whose page the corpus's file would stand."""
    legacy = row.get("legacy")
    name = row["name"] or (legacy.get("name") if isinstance(legacy, dict) else None)
    return canonicalize_name(str(name or str(row["filename"]).partition("-")[0]))


def test_wheels_of_the_corpus_are_read_as_packaging_reads_them(shared: Path) -> None:
    rows = [row for row in json.loads((shared / "corpus/filenames.json").read_text()) if row["kind"] == "wheel"]
    assert len(rows) > 1000
    for row in rows:
        parsed = parse_filename(row["filename"], package_of(row))
        assert isinstance(parsed, ParsedFilename) is row["valid"], row["filename"]
        if isinstance(parsed, ParsedFilename):
            assert parsed.kind is FileKind.WHEEL
            assert parsed.version == Version(row["version"])
            assert parsed.tag_set is not None
            assert {str(tag) for tag in parse_tag(parsed.tag_set)} == set(row["tags"])
            assert read_wheel_tags(row["filename"]) == (parsed.tag_set, parsed.build)
            assert bool(parsed.build) is bool(row["build"])


def test_archives_and_legacy_files_of_the_corpus_have_the_version_that_it_states(shared: Path) -> None:
    kinds = {"archive": FileKind.SDIST, "egg": FileKind.EGG, "wininst": FileKind.WININST, "msi": FileKind.MSI}
    seen = set()
    for row in json.loads((shared / "corpus/filenames.json").read_text()):
        if row["kind"] not in kinds or not package_of(row):
            continue
        parsed = parse_filename(row["filename"], package_of(row))
        if row["valid"]:
            assert parsed == ParsedFilename(kinds[row["kind"]], package_of(row), Version(row["version"]))
        elif "legacy" in row:
            version = row["legacy"].get("version") or row["legacy"]["base"].rpartition("-")[2]
            assert parsed == ParsedFilename(kinds[row["kind"]], package_of(row), Version(version))
        if isinstance(parsed, ParsedFilename):
            seen.add(parsed.kind)
    assert seen == set(kinds.values())


@pytest.mark.parametrize(
    ("filename", "kind", "version"),
    [
        ("foo-1.0.tar.gz", FileKind.SDIST, "1.0"),
        ("Foo-1.0.zip", FileKind.SDIST, "1.0"),
        ("foo-1.0.tar.bz2", FileKind.SDIST, "1.0"),
        ("foo-1.0.tgz", FileKind.SDIST, "1.0"),
        ("foo-1.0.tar.xz", FileKind.SDIST, "1.0"),
        ("foo-1.0-1.tar.gz", FileKind.SDIST, "1.0.post1"),
        ("foo-1.0-rc1.tar.gz", FileKind.SDIST, "1.0rc1"),
        ("foo-1!2.0+local.3.tar.gz", FileKind.SDIST, "1!2.0+local.3"),
        ("foo-1.0.linux-x86_64.tar.gz", FileKind.OTHER, "1.0"),
        ("foo-1.0.macosx-10.9-x86_64.tar.gz", FileKind.OTHER, "1.0"),
        ("foo-1.0-py2.7.egg", FileKind.EGG, "1.0"),
        ("foo-1.0.egg", FileKind.EGG, "1.0"),
        ("foo-1.0_1-py2.7-win32.egg", FileKind.EGG, "1.0.post1"),
        ("foo-1.0.win32.exe", FileKind.WININST, "1.0"),
        ("foo-1.0.win-amd64-py3.4.exe", FileKind.WININST, "1.0"),
        ("foo-1.0.win32-py2.5-nosse.exe", FileKind.WININST, "1.0"),
        ("foo-1.0.win-amd64-py3.4.msi", FileKind.MSI, "1.0"),
        ("foo-1.0-1.noarch.rpm", FileKind.RPM, "1.0"),
        ("foo-1.0-1.src.rpm", FileKind.RPM, "1.0"),
    ],
)
def test_a_file_of_each_kind_is_told_by_its_name(filename: str, kind: FileKind, version: str) -> None:
    assert parse_filename(filename, FOO) == ParsedFilename(kind, FOO, Version(version))


@pytest.mark.parametrize(
    ("filename", "tag_set", "build"),
    [
        ("foo-1.0-py3-none-any.whl", "py3-none-any", ()),
        ("foo-1.0-2-py3-none-any.whl", "py3-none-any", (2, "")),
        ("foo-1.0-2022a-py3-none-any.whl", "py3-none-any", (2022, "a")),
        ("FOO-1.0-CP313-cp313-Win_AMD64.whl", "cp313-cp313-win_amd64", ()),
        ("foo-1.0-cp315-abi3.abi3t-win_arm64.whl", "cp315-abi3.abi3t-win_arm64", ()),
        (
            "foo-1.0-cp314-cp314t-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
            "cp314-cp314t-manylinux_2_17_x86_64.manylinux2014_x86_64",
            (),
        ),
        ("foo-1.0-pp311-pypy311_pp80-ios_13_0_arm64_iphoneos.whl", "pp311-pypy311_pp80-ios_13_0_arm64_iphoneos", ()),
    ],
)
def test_a_wheels_tags_are_kept_compressed_and_in_lower_case(
    filename: str, tag_set: str, build: tuple[int, str] | tuple[()]
) -> None:
    assert parse_filename(filename, FOO) == ParsedFilename(FileKind.WHEEL, FOO, Version("1.0"), tag_set, build)
    assert read_wheel_tags(filename) == (tag_set, build)


@pytest.mark.parametrize(
    ("filename", "reason"),
    [
        ("bar-1.0-py3-none-any.whl", "named for bar"),
        ("foo_bar-1.0.tar.gz", "not named for foo"),
        ("foo-bar-1.0.tar.gz", "'bar-1.0' is not a version"),
        ("foo-1.0-cp313-cp313-manylinux_2_28_x86_64-x86_64_v3.whl", "Invalid build number: cp313"),
        ("foo-2004d-py3-none-any.whl", "invalid version"),
        ("foo-1.0--none-any.whl", "invalid tag component"),
        ("foo-1.0-py3-none-any.whl.asc", "not an archive"),
        ("foo-1.0.macosx10.9.zip", "binary archive for macOS"),
        ("foo-1.0.deb", "not an archive"),
        ("foo.tar.gz", "not named for foo"),
        ("-1.0.tar.gz", "not named for foo"),
        ("foo-1.0.WHL", "not an archive"),
        ("setup.exe", "not named for foo"),
        ("", "not an archive"),
        ("foo-" + "1" * LONGEST_NAME + ".tar.gz", "longer than"),
    ],
)
def test_a_name_that_no_installer_would_take_is_reported_with_its_reason(filename: str, reason: str) -> None:
    parsed = parse_filename(filename, FOO)
    assert isinstance(parsed, UnparsedFilename)
    assert reason in parsed.reason
    assert filename.startswith(parsed.filename)


def test_a_tag_bomb_is_refused_before_it_is_expanded() -> None:
    many = ".".join(f"a{i}" for i in range(40))
    parsed = parse_filename(f"foo-1.0-{many}-{many}-{many}.whl", FOO)
    assert isinstance(parsed, UnparsedFilename)
    assert "64000" in parsed.reason


@given(st.text(max_size=80), st.sampled_from(["", ".whl", ".tar.gz", ".zip", ".egg", ".exe", ".msi", ".rpm"]))
def test_no_name_raises(text: str, ending: str) -> None:
    parsed = parse_filename(f"foo-{text}{ending}", FOO)
    assert isinstance(parsed, ParsedFilename | UnparsedFilename)


@given(
    st.integers(0, 99),
    st.lists(st.sampled_from(["cp311", "cp313", "py3"]), min_size=1, max_size=3, unique=True),
    st.lists(st.sampled_from(["win_amd64", "any", "manylinux2014_x86_64"]), min_size=1, max_size=3, unique=True),
)
def test_a_well_formed_wheel_name_comes_back_in_its_parts(minor: int, pythons: list[str], platforms: list[str]) -> None:
    tag_set = f"{'.'.join(pythons)}-none-{'.'.join(platforms)}"
    parsed = parse_filename(f"foo-1.{minor}-{tag_set}.whl", FOO)
    assert parsed == ParsedFilename(FileKind.WHEEL, FOO, Version(f"1.{minor}"), tag_set)
