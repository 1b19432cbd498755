"""PKG-INFO and requires.txt out of honest, old and hostile sdists."""

import gzip
import io
import os
import tarfile
from collections.abc import Callable

import pytest

from scanner.index.client import IndexClient
from scanner.index.errors import InvalidArchive
from scanner.index.transport import Limits
from tests.archives import tar_gz_of, zip_of
from tests.replay import ReplayIndex
from tests.scanner.index.archives.bodies import SDIST, TEXT, url


def test_pkg_info_is_read_out_of_each_kind_of_sdist(index: ReplayIndex, client: IndexClient) -> None:
    assert client.sdist_metadata(url(index, SDIST)).pkg_info == TEXT
    assert client.sdist_metadata(url(index, "demo-1.0.zip")).pkg_info == TEXT


def test_an_old_sdist_is_streamed_to_its_end_where_its_requirements_stand(index: ReplayIndex) -> None:
    small = IndexClient(index.url, limits=Limits(archive=10_000, sdist=1_000_000))
    members = {"demo-7.0/PKG-INFO": TEXT, "demo-7.0/data.jar": os.urandom(500_000)}
    body = tar_gz_of({**members, "demo-7.0/demo.egg-info/requires.txt": b"six\n"})
    index.mount_body("demo", "demo-7.0.tar.gz", body)
    assert small.sdist_metadata(url(index, "demo-7.0.tar.gz"), lambda known: False) == (TEXT, b"six\n")


def test_no_more_of_an_sdist_is_read_than_its_metadata_need(index: ReplayIndex) -> None:
    small = IndexClient(index.url, limits=Limits(sdist=200_000))
    body = tar_gz_of({"demo-8.0/PKG-INFO": TEXT, "demo-8.0/data.jar": os.urandom(500_000)})
    index.mount_body("demo", "demo-8.0.tar.gz", body)
    assert small.sdist_metadata(url(index, "demo-8.0.tar.gz")).pkg_info == TEXT
    with pytest.raises(InvalidArchive, match="no more than 200,000 bytes are read"):
        small.sdist_metadata(url(index, "demo-8.0.tar.gz"), lambda known: False)


def test_other_kinds_of_sdist_are_not_read(index: ReplayIndex, client: IndexClient) -> None:
    with pytest.raises(InvalidArchive, match="only"):
        client.sdist_metadata(url(index, "demo-1.0.tar.bz2"))
    assert index.requests == []


def test_only_the_top_folders_pkg_info_counts(index: ReplayIndex, client: IndexClient) -> None:
    body = tar_gz_of(
        {"demo-1/src/demo.egg-info/PKG-INFO": b"no", "demo-1/deep/PKG-INFO": b"no", "./demo-1/PKG-INFO": TEXT}
    )
    index.mount_body("demo", "demo-5.0.tar.gz", body)
    assert client.sdist_metadata(url(index, "demo-5.0.tar.gz")).pkg_info == TEXT


def a_link_as_pkg_info() -> bytes:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w") as archive:
        member = tarfile.TarInfo("demo-1/PKG-INFO")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(member)
    return gzip.compress(body.getvalue())


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", ""),
        (b"garbage", "gzip"),
        (gzip.compress(b"garbage" * 1_000), "tar"),
        (tar_gz_of({"demo-1/setup.py": b""}), "no PKG-INFO"),
        (tar_gz_of({"demo-1/PKG-INFO": b" " * 10_001}), "larger than 10,000"),
        (tar_gz_of({"demo-1/zeros.bin": b"\0" * 5_000_000, "demo-1/PKG-INFO": TEXT}), "bytes are unpacked"),
        (tar_gz_of({"demo-1/setup.py": b"x" * 3_000, "demo-1/PKG-INFO": TEXT})[:60], ""),
        (a_link_as_pkg_info(), "no PKG-INFO"),
    ],
    ids=["empty", "garbage", "gzip of garbage", "none", "large", "bomb", "cut", "link"],
)
def test_hostile_sdists_are_refused_in_words(index: ReplayIndex, client: IndexClient, body: bytes, words: str) -> None:
    index.mount_body("demo", "demo-6.0.tar.gz", body)
    with pytest.raises(InvalidArchive) as caught:
        client.sdist_metadata(url(index, "demo-6.0.tar.gz"))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("members", "requires"),
    [
        ({"demo-1/demo.egg-info/requires.txt": b"numpy\n"}, b"numpy\n"),
        ({"demo-1/src/Demo.egg-info/requires.txt": b"numpy\n"}, b"numpy\n"),
        ({"demo-1/tests/data/demo.egg-info/requires.txt": b"numpy\n"}, None),
        ({"demo-1/other.egg-info/requires.txt": b"numpy\n"}, None),
        ({}, None),
    ],
)
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("pack", [tar_gz_of, zip_of])
def test_requires_txt_is_read_where_pkg_info_says_too_little(
    index: ReplayIndex,
    client: IndexClient,
    members: dict[str, bytes],
    requires: bytes | None,
    first: bool,
    pack: Callable[[dict[str, bytes]], bytes],
) -> None:
    pkg_info = {"demo-1/PKG-INFO": TEXT}
    name = "demo-9.0.zip" if pack is zip_of else "demo-9.0.tar.gz"
    index.mount_body("demo", name, pack({**pkg_info, **members} if first else {**members, **pkg_info}))
    assert client.sdist_metadata(url(index, name), lambda known: False) == (TEXT, requires)
