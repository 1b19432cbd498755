"""What holds for metadata out of wheels and sdists alike: digests, damage, and files that are gone or change."""

import hashlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.index.answers import FreshPage
from scanner.index.client import IndexClient
from scanner.index.errors import DigestMismatch, IndexFault, InvalidArchive, NoSuchFile
from tests.archives import tar_gz_of, zip_of
from tests.replay import ReplayIndex, faults
from tests.scanner.index.archives.bodies import LIMITS, METADATA, TEXT, WHEEL, far_metadata, url


def read_pkg_info(client: IndexClient, address: str) -> bytes:
    return client.sdist_metadata(address).pkg_info


def mutate(body: bytes, edits: list[tuple[int, int]], cut: int) -> bytes:
    changed = bytearray(body)
    for at, value in edits:
        changed[at % len(changed)] = value
    return bytes(changed[: len(changed) - cut % len(changed)])


edits = st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 255)), max_size=6)


@pytest.mark.parametrize(
    ("filename", "body", "read"),
    [
        ("demo-7.0-py3-none-any.whl", zip_of(METADATA), IndexClient.wheel_metadata),
        ("demo-7.0.tar.gz", tar_gz_of({"demo-1/PKG-INFO": TEXT}), read_pkg_info),
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
