"""What differs between two pages, told from their text, is what differs between their rows."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.index.row_prints import cut, delta

NASTY = ["", "},{", '},{"', '}],"', "}]", "\\", '"', "é", "a b", '{"files":[{', "},{}", "} , {"]
ROWS = st.lists(
    st.fixed_dictionaries({"filename": st.text(max_size=6), "yanked": st.sampled_from(NASTY), "hashes": st.just({})}),
    max_size=12,
)


def page(rows: list[dict[str, object]], *, compact: bool = True) -> bytes:
    document = {"meta": {"api-version": "1.4"}, "files": rows, "name": "demo", "versions": ["1.0"]}
    return json.dumps(document, separators=(",", ":") if compact else None).encode()


def row(number: int, **facts: object) -> dict[str, object]:
    return {"filename": f"demo-{number}.tar.gz", "hashes": {"sha256": "0" * 64}, "yanked": False, **facts}


def prints(body: bytes) -> bytes:
    pieces = cut(body)
    assert pieces is not None
    return pieces.prints()


@pytest.mark.parametrize("compact", [True, False])
def test_a_new_row_and_a_changed_one_are_all_that_is_read(compact: bool) -> None:
    before = [row(number) for number in range(20)]
    after = [*before[:5], row(5, yanked="broken },{ badly"), *before[6:], row(21)]
    found = delta(page(after, compact=compact), prints(page(before, compact=compact)))
    # The text in the yanked row holds what rows are cut at, so only the whole page tells.
    assert found is None
    after[5] = row(5, yanked=True)
    found = delta(page(after, compact=compact), prints(page(before, compact=compact)))
    assert found is not None
    assert found.document["files"] == [after[5], after[-1]]
    assert found.document["versions"] == ["1.0"]
    assert found.vanished == 1
    assert found.prints == prints(page(after, compact=compact))


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"files":[]}', b"<html>", b'{"files":[{', b'"files":[{}],"', b"\xff" * 9]
)
def test_what_is_no_page_is_left_to_the_whole_reading(body: bytes) -> None:
    assert delta(body, b"\x00\x00\x00\x00") is None


def test_a_page_with_much_news_is_read_whole() -> None:
    assert delta(page([row(number) for number in range(20)]), prints(page([row(99)]))) is None


@given(before=ROWS, after=ROWS)
def test_a_difference_is_never_missed_and_never_invented(
    before: list[dict[str, object]], after: list[dict[str, object]]
) -> None:
    old, new = page(before), page([*before, *after])
    pieces = cut(old)
    if pieces is None:
        return
    found = delta(new, pieces.prints())
    if found is None:
        return
    told, rest = list(found.document["files"]), [*before, *after]
    for one in told:
        assert one in rest
        rest.remove(one)
    # What was not told was there before, and what vanished is counted.
    assert len(rest) == len(before) - found.vanished
    for one in rest:
        assert one in before


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_no_bytes_raise(body: bytes, known: bytes) -> None:
    delta(body, known)
    delta(b'{"files":[{' + body + b'}],"x":1}', known)
