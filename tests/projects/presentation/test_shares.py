"""How pages, reports and commands count the packages of a target."""

from collections import Counter

import pytest

from projects.domain.assessment.verdicts import Verdict
from projects.presentation.shares import conditional_text, unknown_text


def counts(*verdicts: Verdict) -> Counter[str]:
    return Counter(verdict.value for verdict in verdicts)


@pytest.mark.parametrize(
    ("verdicts", "not_judged", "text"),
    [
        ((Verdict.READY,), (), ""),
        ((Verdict.READY, Verdict.UPGRADE), (), "1 of 2 packages needs an upgrade"),
        ((Verdict.HELD_BACK, Verdict.HELD_BACK), (), "2 of 2 packages are held back"),
        ((Verdict.UPGRADE, Verdict.HELD_BACK, Verdict.READY), (), "1 of 3 packages needs an upgrade, 1 is held back"),
        (
            (Verdict.NOT_JUDGED, Verdict.READY),
            ("etl",),
            "ready as far as judged; 1 of 2 packages is not judged: etl",
        ),
        (
            (Verdict.UPGRADE, *[Verdict.NOT_JUDGED] * 4),
            ("a", "b", "c", "d"),
            "1 of 5 packages needs an upgrade, 4 are not judged: a, b, c and 1 more",
        ),
    ],
)
def test_a_conditional_target_says_how_many_packages_stand_in_which_way(
    verdicts: tuple[Verdict, ...], not_judged: tuple[str, ...], text: str
) -> None:
    assert conditional_text(counts(*verdicts), not_judged) == text


def test_a_requirement_that_was_not_read_keeps_a_target_from_go() -> None:
    assert conditional_text({"ready": 3, "ignored": 1}, (), ["one"]) == "ready except 1 ignored: one"
    assert conditional_text({"upgrade": 1, "ignored": 1}, (), ["one"]) == (
        "1 of 2 packages needs an upgrade; 1 ignored: one"
    )
    assert conditional_text({"ready": 3, "unread": 1}, ()) == (
        "ready as far as judged; 1 requirement in the files could not be read"
    )
    assert conditional_text({"ready": 1, "upgrade": 1, "unread": 2}, ()) == (
        "1 of 2 packages needs an upgrade; 2 requirements in the files could not be read"
    )


@pytest.mark.parametrize(
    ("verdicts", "text"),
    [
        ((Verdict.READY,), ""),
        ((Verdict.READY, Verdict.UNKNOWN, Verdict.NOT_JUDGED), "1 of 3 packages is not known yet"),
        ((Verdict.NOT_JUDGED, Verdict.NOT_JUDGED), "2 of 2 packages are not judged"),
    ],
)
def test_an_unknown_target_says_how_many_packages_are_not_known(verdicts: tuple[Verdict, ...], text: str) -> None:
    assert unknown_text(counts(*verdicts)) == text
