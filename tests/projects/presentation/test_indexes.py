"""An index's standing in words: unknown is never green, and one failure is not the failure of all."""

import pytest

from projects.domain.assessment.verdicts import Verdict
from projects.presentation.indexes import IndexCounts, describe_state, login_text


@pytest.mark.parametrize(
    ("count", "look", "words"),
    [
        (IndexCounts(), Verdict.UNKNOWN, "Not used yet"),
        (IndexCounts(total=64, present=12), Verdict.READY, "Has 12 of 64 packages"),
        (IndexCounts(total=1), Verdict.READY, "Has 0 of 1 package"),
        (
            IndexCounts(total=64, present=12, waiting=3),
            Verdict.UNKNOWN,
            "3 of 64 still to be polled; has 12 of 64 packages",
        ),
        (IndexCounts(total=3, failing=1, present=2), Verdict.UPGRADE, "1 of 3 could not be read; has 2 of 3 packages"),
        (IndexCounts(total=3, failing=3, waiting=3), Verdict.BLOCKED, "3 of 3 could not be read; has 0 of 3 packages"),
    ],
)
def test_the_standing_names_its_denominator(count: IndexCounts, look: Verdict, words: str) -> None:
    assert describe_state(count) == (look, words)


def test_a_login_is_only_ever_there_or_not() -> None:
    assert login_text(is_set=False, opens=True) == "none"
    assert login_text(is_set=True, opens=True) == "set"
    assert "enter it again" in login_text(is_set=True, opens=False)
