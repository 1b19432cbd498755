"""Tags, comments and text of a page, also of a hostile one."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.index.formats.markup import Token, UnclosedMarkup, attributes, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<a>", [Token("start", "a", "")]),
        ("</A >", [Token("end", "a", " ")]),
        ("""<a href="x>y" title='">'>z""", [Token("start", "a", """ href="x>y" title='">'"""), Token("text", "z")]),
        ("1 < 2", [Token("text", "1 < 2")]),
        ("<!-- <a> -->", [Token("comment", " <a> ")]),
    ],
)
def test_a_tag_ends_at_the_first_bracket_outside_quotes(text: str, expected: list[Token]) -> None:
    assert list(tokens(text)) == expected


# CPython before 3.11.5 matched these with a possessive group (gh-106052).
@pytest.mark.parametrize("text", ["<a'> ==<", "<a '>", '<a""">\'  ', '<a href="', "<a"])
def test_a_quote_that_is_not_closed_leaves_the_tag_open(text: str) -> None:
    with pytest.raises(UnclosedMarkup) as raised:
        list(tokens(f"text{text}"))
    assert raised.value.position == 4


@given(st.lists(st.sampled_from([" b", "=", "1", '"', "'", ">", "<"]), max_size=12).map("".join))
def test_the_text_of_a_tag_is_cut_where_a_reader_by_characters_cuts_it(inside: str) -> None:
    quote, end = "", None
    for position, character in enumerate(inside):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == ">":
            end = position
            break
    try:
        tag = next(iter(tokens(f"<a {inside}")))
    except UnclosedMarkup:
        assert end is None
    else:
        assert end is not None
        assert tag.attributes == f" {inside[:end]}"


@pytest.mark.parametrize("piece", ["<a '", '"', "'\"", "<a b=", "b ", "<", " ='"])
def test_a_million_characters_of_anything_take_less_than_a_second(piece: str) -> None:
    text = "<a " + piece * (1_000_000 // len(piece))
    before = time.process_time()
    try:
        for token in tokens(text):
            attributes(token)
    except UnclosedMarkup:
        pass
    assert time.process_time() - before < 1
