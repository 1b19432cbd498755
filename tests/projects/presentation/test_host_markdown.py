"""Texts at hosts: nothing of a project's files becomes markup, calls a person or links a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.presentation.host_markdown import bullets, code, cut, plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("numpy 2.0 has no wheel", "numpy 2.0 has no wheel"),
        ("a_b*c [x](y) <img> `z`", r"a\_b\*c \[x\](y) \<img\> \`z\`"),
        ("by @octocat in #12", "by @\N{WORD JOINER}octocat in \\#\N{WORD JOINER}12"),
        ("two\nlines\0 and\ttabs", "two lines and tabs"),
    ],
)
def test_what_a_file_says_is_only_text(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(st.text(max_size=40))
def test_a_text_stays_on_one_line_and_in_its_span(text: str) -> None:
    assert len(plain(text).splitlines()) <= 1
    assert code(text).count("`") in {0, 2}


def test_lists_and_texts_that_are_too_long_are_cut_at_a_line() -> None:
    assert bullets("abc", 2) == "- a\n- b\n- … and 1 more"
    long = cut("a line\n" * 10_000)
    assert len(long) <= 30_000
    assert long.endswith("a line\n\n…\n")
