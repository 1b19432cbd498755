"""Who asks for whom on a target, as a drawing and as a table."""

import pytest

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.verdicts import Verdict
from projects.presentation.graph.page import MOST_NODES, GraphPage, graph_page
from projects.presentation.graph.query import GraphQuery
from tests.cast import LINUX_313, make_package

# fastapi → pydantic → pydantic-core (blocked); requests → idna and urllib3 (both ready).
RESULTS = [
    make_package("fastapi"),
    make_package("requests"),
    make_package("pydantic", direct=False, paths=[("fastapi[standard]", "pydantic")]),
    make_package("pydantic-core", Verdict.BLOCKED, direct=False, paths=[("fastapi", "pydantic", "pydantic-core")]),
    make_package("idna", direct=False, paths=[("requests", "idna")]),
    make_package("urllib3", direct=False, paths=[("requests", "urllib3")]),
    make_package("colorama", Verdict.INACTIVE, direct=False, paths=[("requests", "colorama")]),
]


def page(query: str = "", results: list[PackageResult] = RESULTS) -> GraphPage:
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    return graph_page(LINUX_313, results, GraphQuery.parse({key: [value] for key, _, value in pairs}))


def test_at_first_it_draws_what_needs_work_and_what_leads_to_it() -> None:
    found = page()
    assert [node.name for node in found.nodes] == ["fastapi", "pydantic", "pydantic-core"]
    assert found.text == "3 of 6 packages: those that need work, and what leads to them."
    assert [node.x for node in found.nodes] == sorted({node.x for node in found.nodes})
    assert len(found.curves) == 2


def test_everything_is_drawn_on_demand_without_what_the_target_does_not_need() -> None:
    found = page("all=1")
    assert {node.name for node in found.nodes} == {result.name for result in RESULTS} - {"colorama"}
    assert found.text == "All 6 packages."


def test_a_package_is_drawn_with_both_its_sides() -> None:
    found = page("at=Pydantic")
    assert [node.name for node in found.nodes] == ["fastapi", "pydantic", "pydantic-core"]
    assert found.text == "pydantic: 1 package leads to it, and it leads to 1, of 6 packages."
    assert found.here is not None
    assert (found.here.asked_by, found.here.asks) == (("fastapi",), ("pydantic-core",))


def test_a_package_that_is_not_in_the_set_is_named_and_the_drawing_is_the_first_one() -> None:
    found = page("at=colorama")
    assert (found.unknown, found.here, found.text) == ("colorama", None, page().text)
    assert page("at=pydantic").unknown == ""


def test_nothing_is_counted_where_nothing_is_known() -> None:
    assert page(results=[]).text == ""


def test_the_table_says_the_same_as_the_drawing() -> None:
    found = page("all=1")
    assert [line.name for line in found.lines] == [node.name for node in found.nodes]
    assert sum(len(line.asks) for line in found.lines) == len(found.curves)
    assert {line.name for line in found.lines if line.is_required_by_project} == {"fastapi", "requests"}


def test_a_package_stands_right_of_all_that_ask_for_it_also_where_the_project_asks_for_it() -> None:
    numpy = make_package("numpy", Verdict.BLOCKED, paths=[("keras", "h5py", "numpy"), ("keras", "numpy")])
    others = [make_package("keras"), make_package("h5py", direct=False, paths=[("keras", "h5py")])]
    places = {node.name: node.x for node in page(results=[numpy, *others]).nodes}
    assert places["keras"] < places["h5py"] < places["numpy"]


def test_places_do_not_overlap() -> None:
    assert len({(node.x, node.y) for node in page("all=1").nodes}) == 6


def test_too_many_packages_are_listed_and_not_drawn() -> None:
    many = [make_package(f"package-{number}", Verdict.BLOCKED) for number in range(MOST_NODES + 1)]
    found = page(results=many)
    assert found.is_too_large
    assert (len(found.nodes), len(found.lines)) == (0, MOST_NODES + 1)
    assert len(page("at=package-7", many).nodes) == 1


def test_packages_that_only_ask_for_each_other_end() -> None:
    loop = [
        make_package("a", Verdict.BLOCKED, direct=False, paths=[("b", "a")]),
        make_package("b", Verdict.BLOCKED, direct=False, paths=[("a", "b")]),
    ]
    assert {node.name for node in page(results=loop).nodes} == {"a", "b"}


@pytest.mark.parametrize(("query", "width"), [("", 100), ("zoom=200", 200), ("zoom=17", 100), ("zoom=x", 100)])
def test_its_size_is_one_of_a_few(query: str, width: int) -> None:
    found = page(query)
    assert found.drawn_width == found.width * width // 100


def test_the_size_goes_up_and_down_and_ends() -> None:
    largest = GraphQuery(zoom=200)
    assert largest.larger is None
    assert largest.smaller is not None
    assert largest.smaller.encode() == "zoom=150"
    assert GraphQuery(zoom=50).smaller is None


@pytest.mark.parametrize("at", ["nothing", "\0", "<script>", "x" * 999])
def test_an_unknown_package_is_as_if_none_was_given(at: str) -> None:
    assert len(page(f"at={at}").nodes) == 3


def test_a_target_without_packages_is_empty() -> None:
    found = page(results=[])
    assert (found.nodes, found.lines, found.names) == ((), (), ())
