"""The paths by which a package is reached, against a plain search in breadth."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from scanner.domain.resolution import paths as module
from scanner.domain.resolution.graph import DependencyEdge
from scanner.domain.resolution.paths import Paths
from tests.scanner.domain.resolution.small_index import requirements

NAMES = "abcdef"
edges = st.lists(
    st.tuples(st.sampled_from([None, *NAMES]), st.sampled_from([None, None, "x"]), st.sampled_from(NAMES)),
    min_size=10,
    max_size=60,
)
_Edge = tuple[str | None, str | None, str]


def in_breadth(stated: Sequence[_Edge], name: str, limit: int, explored: int) -> list[tuple[str, ...]]:
    """Return the paths, going back from the package one step at a time."""
    found: list[tuple[str, ...]] = []
    todo: deque[tuple[_Edge, ...]] = deque([((name, None, ""),)])
    for _ in range(explored):
        if not todo or len(found) == limit:
            break
        path = todo.popleft()
        for dependent, extra in dict.fromkeys((by, one if by else None) for by, one, to in stated if to == path[0][0]):
            if dependent is None:
                found.append(tuple(f"{one}[{added}]" if added else str(one) for one, added, _ in path))
            elif all(dependent != one for one, _, _ in path):
                todo.append(((dependent, extra, ""), *path))
    return sorted(found, key=len)


@pytest.mark.parametrize("explored", [5, 20, 5_000])
@given(stated=edges, name=st.sampled_from(NAMES), limit=st.integers(0, 30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_paths_are_those_of_a_search_in_breadth(
    explored: int, stated: list[_Edge], name: str, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_EXPLORED", explored)
    found = Paths(
        DependencyEdge(canonicalize_name(by) if by else None, canonicalize_name(extra) if by and extra else None, one)
        for by, extra, to in stated
        for one in requirements(to)
    )
    assert list(found.to(canonicalize_name(name), limit)) == in_breadth(stated, name, limit, explored)
