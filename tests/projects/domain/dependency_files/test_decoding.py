"""Bytes that are text, in the encodings that pip reads, and bytes that are none."""

import pytest

from projects.domain.dependency_files import read


@pytest.mark.parametrize(
    "data",
    [
        "café==1 # ü\n".encode("latin-1").replace(b"caf\xe9", b"cafe"),
        b"\xef\xbb\xbfcafe==1\r\n",
        "cafe==1\r\n".encode("utf-16"),
        b"\xfe\xff" + "cafe==1\n".encode("utf-16-be"),
        "cafe==1\n".encode("utf-32"),
        "# -*- coding: cp1252 -*-\ncafe==1 # “”\n".encode("cp1252"),
        b"cafe==1\rother\r"[:8],
    ],
)
def test_the_encodings_that_pip_reads(data: bytes) -> None:
    parsed = read({"r.txt": data}, ["r.txt"])
    assert [(one.name, one.pinned) for one in parsed.requirements] == [("cafe", "1")]
    assert parsed.problems == ()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04rest", "zip archive"),
        (b"\x1f\x8b\x08rest", "gzip"),
        (b"a\x00b\n", "NUL"),
        ("abc==1\n".encode("utf-16-le"), "NUL"),
        (b"\xff\xfe\x00", "byte order mark"),
        (b"# coding: bz2\nx\n", "coding line"),
        (b"# coding: no-such\nx\n", "coding line"),
        (b"\x93\x01\x02\x03\xff", "control characters"),
        (b"x" * (8 * 1024 * 1024 + 1), "the most that is read"),
        (b"\n" * 200_001, "lines"),
    ],
)
def test_what_is_no_text_of_usable_size_is_refused_with_a_reason(data: bytes, message: str) -> None:
    parsed = read({"r.txt": data}, ["r.txt"])
    assert parsed.requirements == ()
    assert [message in one.message for one in parsed.problems] == [True]


def test_a_windows_1252_character_does_not_end_a_line() -> None:
    parsed = read({"requirements.txt": b"# a\x85b\r\npip\r\n"}, ["requirements.txt"])
    assert [(one.name, one.line) for one in parsed.requirements] == [("pip", 2)]
    assert parsed.problems == ()
