"""A changed text line by line: nothing is lost, and what changed is marked."""

from hypothesis import given
from hypothesis import strategies as st

from projects.presentation.upgrade.marked_lines import LineMark, marked_lines

lines = st.lists(st.sampled_from(["a==1", "b==2", "# why", "", "c>=3"]), max_size=12).map("\n".join)


@given(lines, lines)
def test_the_new_text_is_what_is_kept_and_new_and_the_old_one_what_is_kept_and_gone(before: str, after: str) -> None:
    marked = marked_lines(before, after)
    assert [line.text for line in marked if line.mark is not LineMark.GONE] == after.splitlines()
    assert [line.text for line in marked if line.mark is not LineMark.NEW] == before.splitlines()


@given(lines, lines, st.integers(0, 3))
def test_a_shortened_text_shows_every_change_and_counts_what_it_leaves_out(
    before: str, after: str, context: int
) -> None:
    whole, short = marked_lines(before, after), marked_lines(before, after, context=context)
    changed = [line for line in whole if line.mark is not LineMark.KEPT]
    assert [line for line in short if line.mark in (LineMark.GONE, LineMark.NEW)] == changed
    shown = [line for line in short if line.mark is not LineMark.SKIPPED]
    left_out = sum(int(line.text.split()[0]) for line in short if line.mark is LineMark.SKIPPED)
    assert len(shown) + left_out == len(whole)


def test_a_moved_pin_stands_beside_the_line_that_it_replaces() -> None:
    marked = marked_lines("# web\na==1\nb==1\n", "# web\na==2\nb==1\n", context=0)
    assert [(line.mark, line.text) for line in marked] == [
        (LineMark.SKIPPED, "1 unchanged line"),
        (LineMark.GONE, "a==1"),
        (LineMark.NEW, "a==2"),
        (LineMark.SKIPPED, "1 unchanged line"),
    ]
