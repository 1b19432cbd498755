"""Counts agree with their nouns and verbs."""

import pytest

from scanner.domain.phrases import agree, count, join_first, join_words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (count(1, "package"), "1 package"),
        (count(0, "package"), "0 packages"),
        (count(2, "watch", "watches"), "2 watches"),
        (agree(1, "needs", "need"), "needs"),
        (agree(12, "needs", "need"), "need"),
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
