"""Metadata out of archives over ranged reads and streams, from honest, odd and hostile files."""

import gzip
import hashlib
import io
import os
import tarfile
import zipfile
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.index.client import FreshPage, IndexClient
from scanner.index.errors import DigestMismatch, IndexFault, InvalidArchive, NoSuchFile
from scanner.index.transport import Limits
from tests.patience import PATIENCE
from tests.replay import ReplayIndex, a_file, faults

LIMITS = Limits(silence=PATIENCE, total=PATIENCE, metadata=10_000, archive=400_000, sdist=400_000)
WHEEL, SDIST = "demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"
TEXT = b"Metadata-Version: 2.4\nName: demo\nVersion: 1.0\nRequires-Dist: numpy>=2\n"


@pytest.fixture(scope="module")
def index() -> Iterator[ReplayIndex]:
    with ReplayIndex(recorded=False) as index:
        index.add_package(
            "demo",
            [a_file(name, requires_dist=["numpy>=2"]) for name in (WHEEL, SDIST, "demo-1.0.zip", "demo-1.0.tar.bz2")],
        )
        yield index


@pytest.fixture
def client(index: ReplayIndex) -> Iterator[IndexClient]:
    index.clear_log()
    index.ranges = True
    yield IndexClient(index.url, limits=LIMITS)
    index.clear_faults()


def url(index: ReplayIndex, filename: str) -> str:
    return f"{index.base_url}/files/demo/{filename}"


def a_zip(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", compression) as archive:
        for path, data in members.items():
            archive.writestr(path, data)
        archive.comment = comment
    return body.getvalue()


def a_tar(members: dict[str, bytes]) -> bytes:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w") as archive:
        for path, data in members.items():
            member = tarfile.TarInfo(path)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return gzip.compress(body.getvalue(), mtime=0)


METADATA = {"demo-1.0.dist-info/METADATA": TEXT}


def test_metadata_of_a_wheel_is_read_from_its_end_alone(index: ReplayIndex, client: IndexClient) -> None:
    assert client.wheel_metadata(url(index, WHEEL)) == TEXT
    (seen,) = index.requests
    assert seen.status == 206
    assert seen.headers["range"] == "bytes=-65536"


def test_a_server_that_knows_no_ranges_sends_the_whole_and_that_will_do(
    index: ReplayIndex, client: IndexClient
) -> None:
    index.ranges = False
    assert client.wheel_metadata(url(index, WHEEL)) == TEXT


def test_a_server_that_knows_no_ranges_is_refused_when_the_file_is_large(index: ReplayIndex) -> None:
    index.ranges = False
    small = IndexClient(index.url, limits=Limits(archive=10_000))
    with pytest.raises(InvalidArchive, match="no more than 10,000 bytes"):
        small.wheel_metadata(url(index, WHEEL))


def far_metadata() -> bytes:
    """METADATA stands first, then more than a tail of padding."""
    return a_zip({**METADATA, "demo/padding.bin": bytes(range(256)) * 1_000}, zipfile.ZIP_STORED)


def zip64() -> bytes:
    body = io.BytesIO()
    with (
        zipfile.ZipFile(body, "w", allowZip64=True) as archive,
        archive.open("demo-1.0.dist-info/METADATA", "w", force_zip64=True) as member,
    ):
        member.write(TEXT)
    return body.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        far_metadata(),
        zip64(),
        a_zip(METADATA, comment=b"c" * 60_000),
        b"#!/bin/sh\n" * 100 + a_zip(METADATA),
        a_zip(METADATA, zipfile.ZIP_STORED),
        a_zip(METADATA, zipfile.ZIP_BZIP2),
        a_zip(METADATA, zipfile.ZIP_LZMA),
        a_zip({"vendored/other-1.0.dist-info/METADATA": b"no", "other-1.dist-info/METADATA": b"no", **METADATA}),
        a_zip({"Demo-1.0.dist-info/METADATA": TEXT}),
        a_zip({**METADATA, **{f"demo/{number}.py": b"" for number in range(3_000)}}),
    ],
    ids=["far", "zip64", "comment", "prefixed", "stored", "bzip2", "lzma", "vendored", "case", "many members"],
)
def test_odd_wheels_are_read(index: ReplayIndex, client: IndexClient, body: bytes) -> None:
    index.mount_body("demo", "demo-3.0-py3-none-any.whl", body)
    assert client.wheel_metadata(url(index, "demo-3.0-py3-none-any.whl")) == TEXT


def lying_size() -> bytes:
    """Return a zip whose directory gives a small size for METADATA, which unpacks to much more."""
    body = bytearray(a_zip({"demo-1.0.dist-info/METADATA": b" " * 5_000_000}))
    at = body.rindex(b"PK\x01\x02")
    body[at + 24 : at + 28] = (100).to_bytes(4, "little")
    return bytes(body)


def outside_directory() -> bytes:
    body = bytearray(a_zip(METADATA))
    at = body.rindex(b"PK\x05\x06")
    body[at + 12 : at + 16] = (2**31).to_bytes(4, "little")
    return bytes(body)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", ""),
        (b"no zip at all", "not a readable zip"),
        (a_zip({"demo/__init__.py": b""}), "no METADATA"),
        (a_zip({**METADATA, "Demo-1.0.dist-info/METADATA": TEXT}), "2 METADATA"),
        (a_zip({"demo-1.0.dist-info/METADATA": b" " * 10_001}), "larger than 10,000"),
        (lying_size(), ""),
        (outside_directory(), "not a readable zip"),
        (far_metadata()[:-200], "not a readable zip"),
    ],
    ids=["empty", "garbage", "none", "two", "large", "lying size", "outside", "cut"],
)
def test_hostile_wheels_are_refused_in_words(index: ReplayIndex, client: IndexClient, body: bytes, words: str) -> None:
    index.mount_body("demo", "demo-4.0-py3-none-any.whl", body)
    with pytest.raises(InvalidArchive) as caught:
        client.wheel_metadata(url(index, "demo-4.0-py3-none-any.whl"))
    assert words in str(caught.value)


def test_pkg_info_is_read_out_of_each_kind_of_sdist(index: ReplayIndex, client: IndexClient) -> None:
    assert client.sdist_metadata(url(index, SDIST)).pkg_info == TEXT
    assert client.sdist_metadata(url(index, "demo-1.0.zip")).pkg_info == TEXT


def test_an_old_sdist_is_streamed_to_its_end_where_its_requirements_stand(index: ReplayIndex) -> None:
    small = IndexClient(index.url, limits=Limits(archive=10_000, sdist=1_000_000))
    members = {"demo-7.0/PKG-INFO": TEXT, "demo-7.0/data.jar": os.urandom(500_000)}
    body = a_tar({**members, "demo-7.0/demo.egg-info/requires.txt": b"six\n"})
    index.mount_body("demo", "demo-7.0.tar.gz", body)
    assert small.sdist_metadata(url(index, "demo-7.0.tar.gz"), lambda known: False) == (TEXT, b"six\n")


def test_no_more_of_an_sdist_is_read_than_its_metadata_need(index: ReplayIndex) -> None:
    small = IndexClient(index.url, limits=Limits(sdist=200_000))
    body = a_tar({"demo-8.0/PKG-INFO": TEXT, "demo-8.0/data.jar": os.urandom(500_000)})
    index.mount_body("demo", "demo-8.0.tar.gz", body)
    assert small.sdist_metadata(url(index, "demo-8.0.tar.gz")).pkg_info == TEXT
    with pytest.raises(InvalidArchive, match="no more than 200,000 bytes are read"):
        small.sdist_metadata(url(index, "demo-8.0.tar.gz"), lambda known: False)


def test_other_kinds_of_sdist_are_not_read(index: ReplayIndex, client: IndexClient) -> None:
    with pytest.raises(InvalidArchive, match="only"):
        client.sdist_metadata(url(index, "demo-1.0.tar.bz2"))
    assert index.requests == []


def test_only_the_top_folders_pkg_info_counts(index: ReplayIndex, client: IndexClient) -> None:
    body = a_tar({"demo-1/src/demo.egg-info/PKG-INFO": b"no", "demo-1/deep/PKG-INFO": b"no", "./demo-1/PKG-INFO": TEXT})
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
        (a_tar({"demo-1/setup.py": b""}), "no PKG-INFO"),
        (a_tar({"demo-1/PKG-INFO": b" " * 10_001}), "larger than 10,000"),
        (a_tar({"demo-1/zeros.bin": b"\0" * 5_000_000, "demo-1/PKG-INFO": TEXT}), "bytes are unpacked"),
        (a_tar({"demo-1/setup.py": b"x" * 3_000, "demo-1/PKG-INFO": TEXT})[:60], ""),
        (a_link_as_pkg_info(), "no PKG-INFO"),
    ],
    ids=["empty", "garbage", "gzip of garbage", "none", "large", "bomb", "cut", "link"],
)
def test_hostile_sdists_are_refused_in_words(index: ReplayIndex, client: IndexClient, body: bytes, words: str) -> None:
    index.mount_body("demo", "demo-6.0.tar.gz", body)
    with pytest.raises(InvalidArchive) as caught:
        client.sdist_metadata(url(index, "demo-6.0.tar.gz"))
    assert words in str(caught.value)


def read_pkg_info(client: IndexClient, address: str) -> bytes:
    return client.sdist_metadata(address).pkg_info


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
@pytest.mark.parametrize("pack", [a_tar, a_zip])
def test_requires_txt_is_read_where_pkg_info_says_too_little(
    index: ReplayIndex,
    client: IndexClient,
    members: dict[str, bytes],
    requires: bytes | None,
    first: bool,
    pack: Callable[[dict[str, bytes]], bytes],
) -> None:
    pkg_info = {"demo-1/PKG-INFO": TEXT}
    name = "demo-9.0.zip" if pack is a_zip else "demo-9.0.tar.gz"
    index.mount_body("demo", name, pack({**pkg_info, **members} if first else {**members, **pkg_info}))
    assert client.sdist_metadata(url(index, name), lambda known: False) == (TEXT, requires)


def mutate(body: bytes, edits: list[tuple[int, int]], cut: int) -> bytes:
    changed = bytearray(body)
    for at, value in edits:
        changed[at % len(changed)] = value
    return bytes(changed[: len(changed) - cut % len(changed)])


edits = st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 255)), max_size=6)


@pytest.mark.parametrize(
    ("filename", "body", "read"),
    [
        ("demo-7.0-py3-none-any.whl", a_zip(METADATA), IndexClient.wheel_metadata),
        ("demo-7.0.tar.gz", a_tar({"demo-1/PKG-INFO": TEXT}), read_pkg_info),
    ],
)
def test_any_damage_gives_text_or_a_refusal(
    index: ReplayIndex, filename: str, body: bytes, read: Callable[[IndexClient, str], bytes]
) -> None:
    client = IndexClient(index.url, limits=LIMITS)

    @given(edits, st.integers(0, 40))
    def damaged(changes: list[tuple[int, int]], cut: int) -> None:
        index.mount_body("demo", filename, mutate(body, changes, cut))
        try:
            assert len(read(client, url(index, filename))) <= LIMITS.metadata
        except IndexFault as error:
            assert isinstance(error, InvalidArchive), error  # noqa: PT017  (text is as good as a refusal here)

    damaged()


def test_a_metadata_file_is_fetched_and_its_digest_checked(index: ReplayIndex, client: IndexClient) -> None:
    answer = client.page("demo")
    assert isinstance(answer, FreshPage)
    file = next(file for file in answer.page.files if file.filename == WHEEL)
    assert file.metadata_sha256 == hashlib.sha256(TEXT).hexdigest()
    assert client.metadata(file) == TEXT
    index.fail(faults.Replace(b"Name: evil\n"), path="*.metadata")
    with pytest.raises(DigestMismatch) as caught:
        client.metadata(file)
    assert caught.value.expected == file.metadata_sha256


def test_what_is_not_there_is_a_fact_of_its_own(index: ReplayIndex, client: IndexClient) -> None:
    for read in (client.wheel_metadata, client.sdist_metadata):
        with pytest.raises(NoSuchFile):
            read(url(index, "demo-99.tar.gz"))


def test_a_server_that_changes_the_file_between_two_reads_is_caught(index: ReplayIndex, client: IndexClient) -> None:
    index.mount_body("demo", "demo-8.0-py3-none-any.whl", far_metadata())
    index.fail(
        faults.Then(lambda: index.mount_body("demo", "demo-8.0-py3-none-any.whl", far_metadata() + b"x")), times=1
    )
    with pytest.raises(InvalidArchive, match="another range"):
        client.wheel_metadata(url(index, "demo-8.0-py3-none-any.whl"))
