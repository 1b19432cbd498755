"""The question to the upgrade page: read forgivingly, written in one way."""

from urllib.parse import parse_qs

from hypothesis import given
from hypothesis import strategies as st

from projects.presentation.upgrade.query import MAX_LOOKS, MAX_TARGETS, UpgradeQuery
from scanner.domain.resolution.upgrade import Strategy

KNOWN = tuple(f"cp3{minor}-win_amd64" for minor in range(6, 16))
TARGET = KNOWN[0]

some_words = st.lists(
    st.sampled_from([*KNOWN, "minimal", "latest", "", "-1", "7", "9" * 50, "٣"]) | st.text(max_size=5)
)


@given(st.dictionaries(st.sampled_from(["strategy", "with", "looks", "other"]), some_words))
def test_any_query_is_read_and_says_the_same_when_it_is_written_and_read_again(asked: dict[str, list[str]]) -> None:
    query = UpgradeQuery.parse(asked, KNOWN, TARGET)
    assert TARGET not in query.together
    assert len(query.targets(TARGET)) <= MAX_TARGETS
    assert 0 <= query.looks <= MAX_LOOKS
    assert UpgradeQuery.parse(parse_qs(query.encode(looks=query.looks)), KNOWN, TARGET) == query


def test_the_smallest_move_on_one_target_alone_is_what_assessments_store() -> None:
    assert UpgradeQuery().is_stored
    assert UpgradeQuery().encode() == ""
    assert not UpgradeQuery(Strategy.LATEST).is_stored
    assert not UpgradeQuery(together=(KNOWN[1],)).is_stored


def test_targets_come_in_the_project_s_order_and_the_page_s_own_last() -> None:
    query = UpgradeQuery.parse({"with": [KNOWN[3], KNOWN[1], "never-heard-of"]}, KNOWN, TARGET)
    assert query.targets(TARGET) == (KNOWN[1], KNOWN[3], TARGET)
    assert query.file_stem(TARGET) == f"{KNOWN[1]}-and-{KNOWN[3]}-and-{TARGET}"


def test_a_page_that_waits_looks_again_but_not_for_ever() -> None:
    assert UpgradeQuery(Strategy.LATEST, looks=3).next_look == "strategy=latest&looks=4"
    assert UpgradeQuery(looks=MAX_LOOKS).next_look == ""


def test_what_if_holds_are_read_and_written_as_names() -> None:
    query = UpgradeQuery.parse({"hold": ["NumPy, pandas", "not a name!"], "free": ["orjson"]}, KNOWN, KNOWN[0])
    assert (query.hold, query.free) == (("numpy", "pandas"), ("orjson",))
    assert query.encode() == "hold=numpy&hold=pandas&free=orjson"
    assert not query.is_stored
