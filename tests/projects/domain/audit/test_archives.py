"""Archives of source: read whole, and hostile ones at a bounded cost."""

import io
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.domain.audit import archives
from projects.domain.audit.archives import UnreadableArchive, list_archive, read_archive
from tests.archives import tar_gz_of, tar_of, zip_of

FILES = {"app-1.0/app/main.py": b"import os\n", "app-1.0/Dockerfile": b"FROM python:3.11\n"}
LARGEST = 1000


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize(
    "content",
    [zip_of(FILES), *(tar_of(FILES, mode) for mode in ("w", "w:gz", "w:bz2", "w:xz"))],
    ids=["zip", "tar", "gzip", "bzip2", "xz"],
)
def test_each_kind_is_read_without_its_top_folder(content: bytes) -> None:
    assert list_archive(content) == ["app/main.py", "Dockerfile"]
    assert read_archive(content, ["app/main.py", "no-such"], LARGEST) == {"app/main.py": b"import os\n"}


def test_files_beside_each_other_keep_their_paths() -> None:
    assert list_archive(zip_of({"a/b.py": b"", "c.py": b""})) == ["a/b.py", "c.py"]
    assert list_archive(zip_of({"only.py": b""})) == ["only.py"]


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd.py", "../a.py", "a/../../b.py", "a//b.py", "C:/a.py", "a\\b.py", "a\x1bb.py", "a/" * 200 + "b.py"],
)
def test_names_that_leave_the_archive_or_hide_something_are_passed_over(name: str) -> None:
    for content in (zip_of({name: b"", "kept.py": b""}), tar_gz_of({name: b"", "kept.py": b""})):
        assert list_archive(content) == ["kept.py"]


def test_links_and_devices_are_passed_over() -> None:
    kinds = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE)
    others = {f"{number}.py": special(f"{number}.py", kind, "/etc/passwd") for number, kind in enumerate(kinds)}
    assert list_archive(tar_gz_of({**others, "kept.py": b""})) == ["kept.py"]
    link = zipfile.ZipInfo("link.py")
    link.external_attr = 0o120777 << 16
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("kept.py", "")
    assert list_archive(stream.getvalue()) == ["kept.py"]


def test_a_file_that_unpacks_to_too_much_is_left_out() -> None:
    bomb = {"bomb.py": b"#" * 5_000_000, "kept.py": b"a = 1"}
    for content in (zip_of(bomb), tar_gz_of(bomb)):
        assert len(content) < 10_000
        assert read_archive(content, ["bomb.py", "kept.py"], LARGEST) == {"kept.py": b"a = 1"}


def test_an_archive_is_read_up_to_its_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    many = {f"{number}.py": b"#" * 900 for number in range(20)}
    for limit, value, reason in (
        ("MAX_MEMBERS", 19, "more than 19 files"),
        ("MAX_READ", 10_000, "settings are more than"),
        ("MAX_UNPACKED", 20_000, "unpacks to more than"),
    ):
        monkeypatch.setattr(archives, limit, value)
        with pytest.raises(UnreadableArchive, match=reason):
            read_archive(tar_gz_of(many), list(many), LARGEST)
        monkeypatch.undo()


def test_a_size_that_is_a_lie_costs_nothing() -> None:
    info = tarfile.TarInfo("a.py")
    info.size = 2**70
    with pytest.raises(UnreadableArchive, match="unpacks to more than"):
        list_archive(info.tobuf(tarfile.GNU_FORMAT) + b"\0" * 1024)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "damaged"),
        (b"not an archive", "damaged"),
        (zip_of(FILES)[:60], "damaged"),
        (tar_gz_of(FILES)[:60], "damaged"),
        (zip_of({}), "no files"),
        (
            zip_of(FILES).replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00"),
            "encrypted",
        ),
    ],
    ids=["empty", "text", "cut zip", "cut tar", "no files", "encrypted"],
)
def test_what_is_no_archive_is_said_so(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableArchive, match=reason):
        read_archive(content, list_archive(content), LARGEST)


@settings(max_examples=30)
@given(
    base=st.sampled_from([zip_of(FILES, zipfile.ZIP_STORED), zip_of(FILES), tar_of(FILES), tar_gz_of(FILES)]),
    edits=st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_a_damaged_archive_is_read_or_refused(base: bytes, edits: list[tuple[int, int]]) -> None:
    content = bytearray(base)
    for position, value in edits:
        content[position % len(content)] = value
    try:
        read_archive(bytes(content), list_archive(bytes(content)), LARGEST)
    except UnreadableArchive:
        return
