"""The question to the upgrade page: read forgivingly, written in one way."""

from urllib.parse import parse_qs

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from projects.presentation.upgrade.query import MAX_LOOKS, MAX_TARGETS, UpgradeQuery
from scanner.domain.resolution.upgrade import Strategy

KNOWN = tuple(f"cp3{minor}-win_amd64" for minor in range(6, 16))
TARGET = KNOWN[0]

some_words = st.lists(
    st.sampled_from([*KNOWN, "minimal", "latest", "", "-1", "7", "9" * 50, "٣"]) | st.text(max_size=5)
)


@given(st.dictionaries(st.sampled_from(["strategy", "with", "looks", "cap", "hold", "compare", "other"]), some_words))
def test_any_query_is_read_and_says_the_same_when_it_is_written_and_read_again(asked: dict[str, list[str]]) -> None:
    query = UpgradeQuery.parse(asked, KNOWN, TARGET)
    assert TARGET not in query.together
    assert len(query.targets(TARGET)) <= MAX_TARGETS
    assert 0 <= query.looks <= MAX_LOOKS
    assert UpgradeQuery.parse(parse_qs(query.encode(looks=query.looks)), KNOWN, TARGET) == replace(query, unread=())


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


def test_caps_are_read_as_people_type_them_and_what_is_none_is_kept_apart() -> None:
    query = UpgradeQuery.parse({"cap": ["urllib3 < 2; NumPy>=1.26, <2, pandas", "six<2"]}, KNOWN, TARGET)
    assert query.caps == ("urllib3<2", "numpy<2,>=1.26", "six<2")
    assert query.unread == ("pandas",)
    assert query.cap_text == "urllib3<2 numpy<2,>=1.26 six<2 pandas"
    assert not query.is_stored
    assert UpgradeQuery.parse(parse_qs(query.what_if), KNOWN, TARGET).caps == query.caps


def test_a_url_a_marker_or_an_extra_is_no_cap() -> None:
    texts = ["six @ https://host.example/six.whl", "six<2; python_version < '3'", "six[all]<2", "six<<2", "<2"]
    assert all(not UpgradeQuery.parse({"cap": [text]}, KNOWN, TARGET).caps for text in texts[:1] + texts[2:])
