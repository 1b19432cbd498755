"""The tree of what waits for what."""

from projects.domain.assessment.verdicts import Verdict
from projects.presentation.waiting import MOST_LINES, WaitingNode, waiting_tree
from tests.cast import make_package


def lines(nodes: tuple[WaitingNode, ...], depth: int = 0) -> list[str]:
    return [
        line
        for node in nodes
        for line in (f"{'  ' * depth}{node.step.name} {node.look or ''}".rstrip(), *lines(node.below, depth + 1))
    ]


def test_what_blocks_stands_above_what_needs_it_down_to_the_requirement() -> None:
    core = make_package(
        "pydantic-core",
        Verdict.UPGRADE,
        direct=False,
        paths=[("fastapi[standard]", "pydantic", "pydantic-core"), ("openai", "pydantic", "pydantic-core")],
    )
    pydantic = make_package("pydantic", Verdict.UPGRADE, direct=False, paths=[("fastapi", "pydantic")])
    grpcio = make_package("grpcio", Verdict.BLOCKED, direct=False, paths=[("ray", "grpcio")])
    tree = waiting_tree([core, pydantic, grpcio, make_package("orjson", Verdict.BLOCKED)])
    assert tree is not None
    assert lines(tree.nodes) == [
        "grpcio blocked",
        "  ray",
        "pydantic-core upgrade",
        "  pydantic upgrade",
        "    fastapi",
        "    openai",
    ]
    assert tree.text == "4 packages wait for 2 others."
    assert [node.waiting for node in tree.nodes] == [1, 3]


def test_there_is_none_where_the_project_requires_all_itself() -> None:
    assert waiting_tree([make_package("orjson", Verdict.BLOCKED, paths=[("orjson",)])]) is None


def test_a_tree_that_is_too_large_is_cut_and_says_so() -> None:
    ways = [(f"own-{number}", "core") for number in range(MOST_LINES)]
    tree = waiting_tree([make_package("core", Verdict.BLOCKED, direct=False, paths=ways)])
    assert tree is not None
    assert (len(tree.nodes[0].below), tree.left_out) == (MOST_LINES // 2, MOST_LINES // 2)
