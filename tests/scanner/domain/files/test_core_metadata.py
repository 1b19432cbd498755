"""Reading core metadata: what it says, what is wrong with it, and never an exception."""

import email

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

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
    assert (read.name, read.version, read.metadata_version) == ("demo-package", Version("1.2.post1"), "2.3")
    assert [str(need) for need in read.requires_dist] == [
        'numpy>=1.26; python_version < "3.13"',
        "web[fast]>=2.0",
        "local @ https://files.example/local.whl",
    ]
    assert read.requires_python == SpecifierSet(">=3.9,!=3.9.1")
    assert read.provides_extra == ("fast-path",)
    assert read.dynamic == {"requires-dist"}
    assert read.problems == ()


def test_line_ends_and_a_byte_order_mark_make_no_difference() -> None:
    assert parse_core_metadata("\ufeff" + GOOD.replace("\n", "\r\n")) == parse_core_metadata(GOOD)


@pytest.mark.parametrize(
    ("line", "field", "text"),
    [
        ("Requires-Dist: numpy >>> 1", "requires-dist", "numpy >>> 1"),
        ("Requires-Dist:", "requires-dist", ""),
        ("Requires-Python: three", "requires-python", "three"),
        ("Version: soon", "version", "soon"),
        ("Name: -", "name", "-"),
        ("Provides-Extra: a b", "provides-extra", "a b"),
    ],
)
def test_a_field_that_cannot_be_read_is_a_problem_and_the_rest_counts(line: str, field: str, text: str) -> None:
    read = parse_core_metadata(f"{line}\nRequires-Dist: six\n")
    assert [(problem.field, problem.text) for problem in read.problems] == [(field, text)]
    assert read.problems[0].message
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


def test_the_first_readable_value_of_a_single_field_counts() -> None:
    read = parse_core_metadata(
        "Version: bad version\nVersion: 1.0\nVersion: 2.0\nRequires-Python: >=3.9\nRequires-Python: >=4"
    )
    assert read.version == Version("1.0")
    assert read.requires_python == SpecifierSet(">=3.9")


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
def test_every_need_of_the_header_is_read_or_reported(fields: list[tuple[str, str]], body: str) -> None:
    text = "".join(f"{name}: {value}\n" for name, value in fields) + "\n" + body
    read = parse_core_metadata(text)
    listed = email.message_from_string(text).get_all("requires-dist") or []
    reported = [problem.text for problem in read.problems if problem.field == "requires-dist"]
    assert len(read.requires_dist) + len(reported) == len(listed)
    assert all(text in [value.strip() for value in listed] for text in reported)
