"""METADATA out of honest, odd and hostile wheels."""

import io
import zipfile

import pytest

from scanner.index.client import IndexClient
from scanner.index.errors import InvalidArchive
from scanner.index.transport import Limits
from tests.archives import zip_of
from tests.replay import ReplayIndex
from tests.scanner.index.archives.bodies import METADATA, TEXT, WHEEL, far_metadata, url


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
        zip_of(METADATA, comment=b"c" * 60_000),
        b"#!/bin/sh\n" * 100 + zip_of(METADATA),
        zip_of(METADATA, zipfile.ZIP_STORED),
        zip_of(METADATA, zipfile.ZIP_BZIP2),
        zip_of(METADATA, zipfile.ZIP_LZMA),
        zip_of({"vendored/other-1.0.dist-info/METADATA": b"no", "other-1.dist-info/METADATA": b"no", **METADATA}),
        zip_of({"Demo-1.0.dist-info/METADATA": TEXT}),
        zip_of({**METADATA, **{f"demo/{number}.py": b"" for number in range(3_000)}}),
    ],
    ids=["far", "zip64", "comment", "prefixed", "stored", "bzip2", "lzma", "vendored", "case", "many members"],
)
def test_odd_wheels_are_read(index: ReplayIndex, client: IndexClient, body: bytes) -> None:
    index.mount_body("demo", "demo-3.0-py3-none-any.whl", body)
    assert client.wheel_metadata(url(index, "demo-3.0-py3-none-any.whl")) == TEXT


def lying_size() -> bytes:
    """Return a zip whose directory gives a small size for METADATA, which unpacks to much more."""
    body = bytearray(zip_of({"demo-1.0.dist-info/METADATA": b" " * 5_000_000}))
    at = body.rindex(b"PK\x01\x02")
    body[at + 24 : at + 28] = (100).to_bytes(4, "little")
    return bytes(body)


def outside_directory() -> bytes:
    body = bytearray(zip_of(METADATA))
    at = body.rindex(b"PK\x05\x06")
    body[at + 12 : at + 16] = (2**31).to_bytes(4, "little")
    return bytes(body)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", ""),
        (b"no zip at all", "not a readable zip"),
        (zip_of({"demo/__init__.py": b""}), "no METADATA"),
        (zip_of({**METADATA, "Demo-1.0.dist-info/METADATA": TEXT}), "2 METADATA"),
        (zip_of({"demo-1.0.dist-info/METADATA": b" " * 10_001}), "larger than 10,000"),
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
