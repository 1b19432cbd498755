"""Reading rows with SQL: the values of a statement in parts."""

import pytest

from scanner.selectors.rows import in_chunks


@pytest.mark.parametrize(
    ("values", "chunks"), [([], []), ([1], [[1]]), ([1, 2], [[1, 2]]), ([1, 2, 3, 4, 5], [[1, 2], [3, 4], [5]])]
)
def test_values_are_passed_on_in_order_at_most_so_many_at_a_time(values: list[int], chunks: list[list[int]]) -> None:
    assert list(in_chunks(values, 2)) == chunks
