"""Counts agree with their nouns and verbs."""

import pytest

from scanner.domain.phrases import agree, count, join_first, join_words, share_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (count(1, "package"), "1 package"),
        (count(0, "package"), "0 packages"),
        (count(2, "watch", "watches"), "2 watches"),
        (agree(1, "needs", "need"), "needs"),
        (agree(12, "needs", "need"), "need"),
        (share_of(1, 1), "which is"),
        (share_of(0, 1), "which is not"),
        (share_of(0, 9), "none of them"),
        (share_of(8, 9), "8 of them"),
        (share_of(9, 9), "all of them"),
        (join_words([]), ""),
        (join_words(["a"]), "a"),
        (join_words(["a", "b"]), "a and b"),
        (join_words(["a", "b", "c"]), "a, b and c"),
        (join_first(["a", "b"], 2), "a and b"),
        (join_first(["a", "b", "c", "d"], 2), "a, b and 2 more"),
    ],
)
def test_counts_agree_and_lists_end_with_and(text: str, expected: str) -> None:
    assert text == expected
