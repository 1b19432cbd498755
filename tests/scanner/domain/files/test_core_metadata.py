"""Core metadata: dependencies are parsed, and no text raises."""

import email

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import InvalidRequirement, Requirement

from scanner.domain.files.core_metadata import parse_core_metadata, parse_requirement

GOOD = """\
Metadata-Version: 2.3
Name: Demo_Package
Version: 1.2.post1
Summary: says: things
Requires-Python: >=3.9, !=3.9.1
Requires-Dist: numpy>=1.26; python_version < "3.13"
Requires-Dist: web[fast] (>=2.0)
Requires-Dist: local @ https://files.example/local.whl
Provides-Extra: Fast_Path
Provides-Extra: fast-path
Dynamic: Requires-Dist
Description: first
        |second
        |Requires-Dist: not-a-need

Requires-Dist: neither-is-this
"""


def test_the_fields_that_decide_are_read_in_order() -> None:
    read = parse_core_metadata(GOOD)
    assert read.metadata_version == "2.3"
    assert [str(need) for need in read.requires_dist] == [
        'numpy>=1.26; python_version < "3.13"',
        "web[fast]>=2.0",
        "local @ https://files.example/local.whl",
    ]
    assert read.dynamic == {"requires-dist"}


def test_line_ends_and_a_byte_order_mark_make_no_difference() -> None:
    assert parse_core_metadata("\ufeff" + GOOD.replace("\n", "\r\n")) == parse_core_metadata(GOOD)


@pytest.mark.parametrize("line", ["Requires-Dist: numpy >>> 1", "Requires-Dist:"])
def test_a_requirement_that_cannot_be_parsed_is_left_out(line: str) -> None:
    read = parse_core_metadata(f"{line}\nRequires-Dist: six\n")
    assert [str(need) for need in read.requires_dist] == ["six"]


@pytest.mark.parametrize(
    ("line", "need"),
    [
        ("Requires-Dist: demo (>=2.*)", "demo>=2"),
        ("Requires-Dist: demo>=2.*,<3.*; os_name == 'nt'", 'demo<3,>=2; os_name == "nt"'),
        ("Requires-Dist: demo==2.*", "demo==2.*"),
        ("Requires-Dist: demo\n  >=2", "demo>=2"),
    ],
)
def test_old_spellings_are_read_as_they_were_meant(line: str, need: str) -> None:
    assert [str(read) for read in parse_core_metadata(line).requires_dist] == [need]


def test_the_first_metadata_version_counts() -> None:
    assert parse_core_metadata("Metadata-Version: 2.2\nMetadata-Version: 1.0").metadata_version == "2.2"
    assert parse_core_metadata("Name: demo").metadata_version is None


def test_equal_texts_give_one_requirement() -> None:
    assert parse_requirement("six>=1") is parse_requirement("six>=1")


@given(st.text(max_size=200))
def test_no_text_makes_it_raise(text: str) -> None:
    read = parse_core_metadata(text)
    assert len(read.requires_dist) <= text.count("\n") + 1


FIELDS = st.sampled_from(
    ["Name", "version", "Requires-Dist", "REQUIRES-PYTHON", "Provides-Extra", "Summary", "Dynamic"]
)
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)


@given(st.lists(st.tuples(FIELDS, VALUES), min_size=1, max_size=8), VALUES)
def test_every_requirement_of_the_header_is_parsed_unless_invalid(fields: list[tuple[str, str]], body: str) -> None:
    text = "".join(f"{name}: {value}\n" for name, value in fields) + "\n" + body
    read = parse_core_metadata(text)
    listed = email.message_from_string(text).get_all("requires-dist") or []
    assert list(read.requires_dist) == [found for value in listed if (found := parsed(value.strip())) is not None]


def parsed(text: str) -> Requirement | None:
    try:
        return parse_requirement(text)
    except InvalidRequirement:
        return None
