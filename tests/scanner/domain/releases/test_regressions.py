"""What a release lost that the one before it served."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from scanner.domain.matching.availability import Availability, Offer
from scanner.domain.releases.regressions import is_withdrawn, lost_targets, predecessor, served_targets

OFFERS = {
    "wheel": Offer(Availability.NATIVE, yanked=False),
    "yanked wheel": Offer(Availability.NATIVE, yanked=True),
    "sdist": Offer(Availability.SOURCE, yanked=False),
    "yanked sdist": Offer(Availability.SOURCE, yanked=True),
    "nothing": Offer(Availability.NONE, yanked=False),
    "excluded": Offer(Availability.EXCLUDED, yanked=False),
}
any_offers = st.lists(
    st.tuples(st.sampled_from(list(OFFERS.values())), st.sampled_from(list(OFFERS.values()))), max_size=8
)


@pytest.mark.parametrize(
    ("before", "after", "places"),
    [
        ("wheel", "wheel", []),
        ("wheel", "sdist", [0]),
        ("wheel", "nothing", [0]),
        ("wheel", "excluded", [0]),
        ("sdist", "nothing", []),
        ("yanked wheel", "sdist", []),
    ],
)
def test_a_target_is_lost_when_it_was_served_and_is_not(before: str, after: str, places: list[int]) -> None:
    kept = OFFERS["wheel"]
    assert lost_targets([OFFERS[before], kept], [OFFERS[after], kept]) == frozenset(places)


def test_a_yank_is_no_loss() -> None:
    wheel, yanked, nothing = OFFERS["wheel"], OFFERS["yanked wheel"], OFFERS["nothing"]
    assert lost_targets([wheel, wheel], [yanked, wheel]) == frozenset()
    assert lost_targets([wheel, wheel], [yanked, nothing]) == frozenset()
    assert lost_targets([wheel, wheel, wheel], [yanked, nothing, wheel]) == frozenset({1})


@given(any_offers)
def test_only_what_was_served_can_be_lost_and_never_what_is_served_now(pairs: list[tuple[Offer, Offer]]) -> None:
    before, after = [first for first, _ in pairs], [second for _, second in pairs]
    found = lost_targets(before, after)
    assert found <= served_targets(before)
    assert not found & served_targets(after)
    assert lost_targets(before, before) == frozenset()
    assert not (is_withdrawn(after) and found)


@pytest.mark.parametrize(
    ("version", "others", "before"),
    [
        ("1.26.5", ["1.26.4", "2.0", "2.1"], "1.26.4"),
        ("2.0", ["1.9", "2.0rc1"], "1.9"),
        ("2.0rc1", ["1.9", "2.0b1"], "2.0b1"),
        ("1.0", ["1.0rc1"], "1.0rc1"),
        ("1.0", ["2.0"], None),
    ],
)
def test_a_release_follows_the_one_below_it(version: str, others: list[str], before: str | None) -> None:
    found = predecessor(Version(version), map(Version, others))
    assert found == (Version(before) if before else None)
