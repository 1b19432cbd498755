"""What may differ between two pages, found in their text, holds every difference between their rows."""

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.index.formats.page_delta import PageDelta, compare

NASTY = ["", "},{", '},{"', '}],"', "}]", "\\", '"', "é", "a b", '{"files":[{', "},{}", "} , {"]
ROWS = st.lists(
    st.fixed_dictionaries({"filename": st.text(max_size=6), "yanked": st.sampled_from(NASTY), "hashes": st.just({})}),
    max_size=50,
)
Row = dict[str, Any]


def page(rows: list[Row], *, compact: bool = True, serial: int = 1) -> bytes:
    document = {"meta": {"_last-serial": serial}, "files": rows, "name": "demo", "versions": ["1.0"]}
    return json.dumps(document, separators=(",", ":") if compact else None).encode()


def row(number: int, **facts: object) -> Row:
    return {"filename": f"demo-{number}.tar.gz", "hashes": {"sha256": "0" * 64}, "yanked": False, **facts}


def checksums(body: bytes) -> bytes:
    found = compare(body, b"")
    assert found is not None
    return found.checksums


def between(before: list[Row], after: list[Row], *, compact: bool = True) -> PageDelta:
    found = compare(page(after, compact=compact), checksums(page(before, compact=compact)))
    assert found is not None
    return found


MANY = [row(number) for number in range(400)]


@pytest.mark.parametrize("compact", [True, False])
@pytest.mark.parametrize(
    ("after", "most"),
    [
        (MANY, 0),
        ([*MANY, row(400)], 1),
        ([row(-1), *MANY], 17),
        ([*MANY[:200], row(1000), *MANY[200:]], 17),
        ([*MANY[:200], row(200, yanked=True), *MANY[201:]], 16),
        ([*MANY[:200], *MANY[201:]], 15),
        (MANY[:-1], 15),
        ([*MANY[:100], row(100, yanked=True), *MANY[101:150], *MANY[151:]], 79),
    ],
)
def test_little_is_read_where_little_has_changed(after: list[Row], most: int, compact: bool) -> None:
    found = between(MANY, after, compact=compact)
    read = [json.loads(b"{%b}" % text) for text in found.rows]
    assert len(read) <= most
    assert found.pays
    assert found.total == len(after)
    # Outside of what is read nothing differs.
    assert Counter(map(str, after)) - Counter(map(str, MANY)) <= Counter(map(str, read))
    assert len(after) - len(read) == len(MANY) - found.vanished


def test_rows_that_come_one_by_one_are_kept_together() -> None:
    known = checksums(page(MANY[:20]))
    for number in range(21, 200):
        found = compare(page(MANY[:number]), known)
        assert found is not None
        known = found.checksums
    assert known == checksums(page(MANY[:199]))


def test_a_page_that_moved_only_in_its_head_has_no_rows_to_read_and_another_digest() -> None:
    old, new = page(MANY, serial=1), page(MANY, serial=2)
    found = compare(new, checksums(old))
    assert found is not None
    assert (found.rows, found.vanished, found.document()["meta"]["_last-serial"]) == ([], 0, 2)
    assert found.digest() != (compare(old, b"") or found).digest()


@pytest.mark.parametrize(
    "known", [b"", b"junk", checksums(page(MANY))[4:], checksums(page(MANY)) + b"x", checksums(page([row(999)]))]
)
def test_with_the_checksums_of_another_page_or_of_none_it_is_read_whole(known: bytes) -> None:
    found = compare(page(MANY), known)
    assert found is not None
    assert (len(found.rows), found.pays) == (400, False)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"files":[]}', b"<html>", b'{"files":[{'])
def test_what_is_no_page_is_left_to_the_whole_reading(body: bytes) -> None:
    assert compare(body, b"") is None


@given(before=ROWS, after=ROWS, at=st.integers(0, 50), gone=st.integers(0, 3))
def test_a_difference_is_never_missed(before: list[Row], after: list[Row], at: int, gone: int) -> None:
    new = [*before[:at], *after, *before[at + gone :]]
    known = compare(page(before), b"")
    found = compare(page(new), known.checksums if known is not None else b"")
    if found is None:
        return
    try:
        read = found.document()["files"]
    except ValueError:
        # It was cut inside a text.
        return
    if found.total != len(new) or known is None or known.total != len(before):
        return
    rest = Counter(map(repr, new)) - Counter(map(repr, read))
    assert rest.total() == len(before) - found.vanished
    assert rest <= Counter(map(repr, before))


@given(before=ROWS, after=ROWS)
def test_checksums_never_depend_on_what_was_known(before: list[Row], after: list[Row]) -> None:
    old, new = compare(page(before), b""), page(after)
    fresh = compare(new, b"")
    found = compare(new, old.checksums if old is not None else b"")
    again = compare(new, found.checksums) if found is not None else None
    if fresh is None or found is None or again is None:
        assert fresh is None
        return
    assert (again.rows, again.vanished, again.total) == ([], 0, fresh.total)


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_no_bytes_raise(body: bytes, known: bytes) -> None:
    for text in (body, b'{"files":[{' + body + b'}],"x":1}'):
        compare(text, known)
        compare(text, b"rows\x02\x00\x00\x00" + known[: len(known) // 12 * 12])
