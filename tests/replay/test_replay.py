"""The replay index itself: what tests stand on must be right."""

import email.utils
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from scanner.domain.files.builds import BUILD_FILES, SdistContents, classify_sdist
from scanner.index.client import IndexClient
from tests.replay import ReplayIndex, Style, a_file, recorded_names
from tests.replay.archives import sdist_members
from tests.replay.packages import stamp
from tests.replay.record import older_document, package_of
from tests.replay.record_on_demand import compact
from tests.replay.recording import (
    DATA,
    RecordedFile,
    RecordedMetadata,
    RecordedPackage,
    RecordedSdist,
    read,
    write_metadata,
    write_pages,
)
from tests.replay.rendering import HTML, JSON, TEXT, choose


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, TEXT),
        ("*/*", TEXT),
        ("text/html", TEXT),
        (JSON, JSON),
        (f"{JSON}, text/html;q=0.1", JSON),
        (f"{JSON};q=0.1, text/html;q=0.2", TEXT),
        (f"{JSON};q=0, */*", TEXT),
        ("application/*, text/html;q=0.5", HTML),
        ("application/vnd.pypi.simple.latest+json", JSON),
        (f"{HTML};q=0.3, {JSON};q=0.2", HTML),
        ("image/png", None),
        (f"{JSON};q=nonsense", None),
    ],
)
def test_the_form_follows_the_accept_header_and_its_q_values(accept: str | None, form: str | None) -> None:
    assert choose(accept, Style()) == form


def test_an_index_without_json_never_answers_in_json() -> None:
    assert choose(JSON, Style(json=False)) is None
    assert choose(f"{JSON}, text/html;q=0.1", Style(json=False)) == TEXT


def test_files_appear_with_their_date_and_serials_only_grow(replay: ReplayIndex, session: requests.Session) -> None:
    seen: list[tuple[int, int]] = []
    for year in range(2022, 2028):
        replay.as_of = f"{year}-01-01"
        page = session.get(f"{replay.url}/hiredis/", headers={"Accept": JSON}).json()
        assert all(file["upload-time"] <= stamp(f"{year}-01-01") for file in page["files"])
        seen.append((page["meta"]["_last-serial"], len(page["files"])))
    replay.as_of = None
    assert seen == sorted(seen)
    assert seen[0][1] < seen[-1][1]
    assert seen[-1] == (read("hiredis").serial, len(read("hiredis").files))


def test_a_package_is_not_there_before_its_first_file(replay: ReplayIndex, session: requests.Session) -> None:
    replay.as_of = "2015-01-01"
    assert session.get(f"{replay.url}/fastapi/").status_code == 404
    replay.as_of = None
    assert session.get(f"{replay.url}/fastapi/").status_code == 200


def test_every_change_makes_a_greater_serial_and_another_etag(session: requests.Session) -> None:
    with ReplayIndex(recorded=False) as index:
        index.add_package("demo", ["demo-1.0.tar.gz", "demo-1.1.tar.gz"])
        changes: list[Callable[[], None]] = [
            lambda: index.yank("demo", "1.0", "broken"),
            lambda: index.unyank("demo", "1.0"),
            lambda: index.add_files("demo", ["demo-1.2.tar.gz"]),
            lambda: index.remove_file("demo", "demo-1.1.tar.gz"),
            lambda: index.set_status("demo", "archived"),
        ]
        before = session.get(f"{index.url}/demo/", headers={"Accept": JSON})
        for change in changes:
            change()
            after = session.get(f"{index.url}/demo/", headers={"Accept": JSON})
            assert int(after.headers["X-PyPI-Last-Serial"]) > int(before.headers["X-PyPI-Last-Serial"])
            assert after.headers["ETag"] != before.headers["ETag"]
            before = after


@pytest.mark.parametrize("path", ["/Demo_X/", "/demo-x", "/demo.x/", "/DEMO-X"])
def test_other_spellings_of_a_name_are_sent_to_the_normalised_one(session: requests.Session, path: str) -> None:
    with ReplayIndex(recorded=False) as index:
        index.add_package("demo-x", ["demo_x-1.0.tar.gz"])
        answer = session.get(index.url + path, allow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (301, "/simple/demo-x/")


def test_answers_carry_the_headers_of_the_public_index(session: requests.Session) -> None:
    with ReplayIndex(recorded=False) as index:
        index.add_package("demo", ["demo-1.0.tar.gz"])
        for url in (f"{index.url}/demo/", f"{index.url}/"):
            headers = session.get(url, headers={"Accept": JSON}).headers
            assert headers["Content-Type"] == JSON
            assert "Accept" in headers["Vary"]
            assert headers["Cache-Control"].startswith("max-age=600")
            assert headers["ETag"]
            assert headers["X-PyPI-Last-Serial"]


def test_last_modified_is_the_newest_upload(session: requests.Session) -> None:
    with ReplayIndex(recorded=False, style=Style(validator="last-modified")) as index:
        index.add_package("demo", [a_file("demo-1.0.tar.gz", uploaded_at="2024-05-06T07:08:09Z")])
        answer = session.get(f"{index.url}/demo/")
        assert (
            email.utils.parsedate_to_datetime(answer.headers["Last-Modified"]).isoformat()
            == "2024-05-06T07:08:09+00:00"
        )


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=0-3", 206, b"0123"),
        ("bytes=8-", 206, b"89"),
        ("bytes=-2", 206, b"89"),
        ("bytes=-99", 206, b"0123456789"),
        ("bytes=10-", 416, b""),
        ("bytes=-", 200, b"0123456789"),
        ("bytes=0-1,3-4", 200, b"0123456789"),
    ],
)
def test_ranges_are_served_as_http_has_them(session: requests.Session, asked: str, status: int, content: bytes) -> None:
    with ReplayIndex(recorded=False) as index:
        index.mount_body("demo", "x.whl", b"0123456789")
        answer = session.get(f"{index.base_url}/files/demo/x.whl", headers={"Range": asked})
        assert (answer.status_code, answer.content) == (status, content)


def test_a_recording_is_read_back_as_it_was_written_and_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    files = (
        RecordedFile("d-1.zip", "1", "2024-01-01T00:00:00.000001Z", 5, "a" * 64, ">=3", True, None, "b" * 64),
        RecordedFile("d-2.zip", "2", "2024-01-02T00:00:00.000001Z", yanked=True, yanked_reason="ä"),
        RecordedFile("d-1.whl", "1", "2024-01-03T00:00:00.000001Z"),
    )
    metadata = RecordedMetadata(
        {"1": (("Name", "d"), ("Requires-Dist", "x")), "2": (("Name", "d"),)},
        {"d-1-win.whl": (("Name", "d"),)},
        {
            "d-1.zip": RecordedSdist((("Name", "d"),), ("x>1",), "compiled: C"),
            "d-2.zip": RecordedSdist(None, None, "pure"),
        },
    )
    package = RecordedPackage("d", 7, files, "archived", "done", metadata)
    first = write_pages(package, tmp_path).read_bytes()
    write_metadata("d", metadata, tmp_path)
    assert read("d", tmp_path) == package
    assert write_pages(package, tmp_path).read_bytes() == first


def test_the_recorder_keeps_facts_and_no_address() -> None:
    row = {
        "filename": "d-1.zip", "upload_time_iso_8601": "2024-01-01T00:00:00.000001Z", "size": 5, "yanked": True,
        "digests": {"sha256": "a" * 64}, "requires_python": "", "url": "https://files.example/d-1.zip",
        "yanked_reason": "see https://tracker.example/1 please", "core-metadata": {"sha256": "b" * 64},
    }  # fmt: skip
    package = package_of({"info": {"name": "D"}, "last_serial": 7, "releases": {"1": [row, row]}})
    assert package.files == (
        RecordedFile(
            "d-1.zip", "1", "2024-01-01T00:00:00.000001Z", 5, "a" * 64, None, True, "see [link] please", "b" * 64
        ),
    )


@pytest.mark.parametrize("filename", ["d-1.0.tar.gz", "d-1.0.zip"])
@pytest.mark.parametrize("build", ["pure", "compiled", "compiled: C, Cython", "compiled: C++, Rust, Fortran"])
def test_a_recorded_sdist_needs_the_build_that_was_recorded(replay: ReplayIndex, filename: str, build: str) -> None:
    replay.add_package("d", [a_file(filename, members=sdist_members(filename, ["x>1"], build))])
    url = f"{replay.base_url}/files/d/{filename}"
    wanted = {*BUILD_FILES, "d.egg-info/requires.txt"}
    names, texts = IndexClient(replay.url).sdist_view(url, wanted)
    assert texts.pop("d.egg-info/requires.txt") == b"x>1\n"
    assert classify_sdist(SdistContents(tuple(names), {path: text.decode() for path, text in texts.items()})) == build


def test_recorded_data_names_no_host() -> None:
    for name in recorded_names():
        package = read(name)
        texts = [file.yanked_reason or "" for file in package.files]
        metadata = package.metadata
        listed = [*metadata.releases.values(), *metadata.wheels.values()]
        listed += [sdist.pkg_info or () for sdist in metadata.sdists.values()]
        texts += [value for lines in listed for _, value in lines]
        texts += [line for sdist in metadata.sdists.values() for line in sdist.requires_txt or ()]
        assert not [text for text in texts if "://" in text], name


def test_recorded_data_stays_small() -> None:
    assert sum(path.stat().st_size for path in DATA.rglob("*.xz")) < 16_000_000


@pytest.mark.parametrize(
    ("index", "document"),
    [
        ("https://index.example/simple", "https://index.example/pypi/demo/json"),
        ("https://index.example/root/simple/", "https://index.example/root/pypi/demo/json"),
    ],
)
def test_the_older_document_stands_beside_the_simple_index(index: str, document: str) -> None:
    assert older_document(index, "demo") == document


def test_metadata_is_recorded_without_descriptions_and_addresses() -> None:
    text = b"Metadata-Version: 2.1\nName: d\nSummary: x\nRequires-Dist: a\n  >=1\nRequires-Dist: b @ https://x.example/b.whl\n\nLong"
    assert compact(text) == (("Metadata-Version", "2.1"), ("Name", "d"), ("Requires-Dist", "a >=1"))
