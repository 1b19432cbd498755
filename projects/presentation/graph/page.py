"""The page that draws which package asks for which on one target, with the same as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.verdicts import Verdict
from projects.presentation.cell_summary import WORK, cell_text
from projects.presentation.columns import Column, column_of
from projects.presentation.graph.edges import PackageGraph, package_graph
from projects.presentation.graph.query import GraphQuery
from projects.presentation.shares import some_packages
from scanner.domain.translation import gettext, ngettext

MOST_NODES = 120
_WIDTH, _HEIGHT = 190, 26
_STEP_X, _STEP_Y = 250, 36
_MARGIN = 8
_LONGEST_LABEL = 22
_NEEDS_WORK = frozenset(WORK) | {Verdict.UNKNOWN.value, Verdict.DEGRADED.value}


class GraphNode(Struct, frozen=True):
    """One package of the drawing, at its place. `query` leads to the drawing with this package in the middle."""

    name: str
    label: str
    title: str
    look: Verdict
    x: int
    y: int
    query: str
    is_here: bool

    @property
    def text_x(self) -> int:
        """Where its text begins."""
        return self.x + 24

    @property
    def text_y(self) -> int:
        """The line on which its text stands."""
        return self.y + 17


class GraphLine(Struct, frozen=True):
    """One package of the table."""

    name: str
    version: str
    look: Verdict
    text: str
    is_required_by_project: bool
    asked_by: tuple[str, ...]
    asks: tuple[str, ...]


class GraphPage(Struct, frozen=True):
    """The drawing of one target. `nodes` are empty where there are too many to draw; `lines` then list them still.

    `unknown` is the package that was asked for and is not in the set, "" for none.
    """

    column: Column
    query: GraphQuery
    text: str
    nodes: tuple[GraphNode, ...]
    curves: tuple[str, ...]
    width: int
    height: int
    lines: tuple[GraphLine, ...]
    names: tuple[str, ...]
    here: GraphLine | None
    unknown: str
    is_too_large: bool

    @property
    def drawn_width(self) -> int:
        """The width on the screen, in pixels."""
        return self.width * self.query.zoom // 100

    @property
    def drawn_height(self) -> int:
        """The height on the screen, in pixels."""
        return self.height * self.query.zoom // 100


def graph_page(target: str, results: Sequence[PackageResult], query: GraphQuery) -> GraphPage:
    """Return the page of a target. An unknown package in the middle is as if none was given."""
    graph = package_graph(results)
    unknown = "" if query.at in graph.results else query.at
    if unknown:
        query = query.around("")
    shown = _shown(graph, query)
    depths = graph.depths(shown)
    is_too_large = len(shown) > MOST_NODES
    places = {} if is_too_large else _places(graph, depths)
    lines = tuple(_line(graph, name, shown) for name in depths)
    return GraphPage(
        column=column_of(target),
        query=query,
        text=_text(graph, query, shown),
        nodes=tuple(_node(graph.results[name], query, places[name]) for name in depths if name in places),
        curves=tuple(
            _curve(places[name], places[other])
            for name in depths
            for other in sorted(graph.asks.get(name, ()))
            if name in places and other in places
        ),
        width=max((x for x, _ in places.values()), default=0) + _WIDTH + _MARGIN,
        height=max((y for _, y in places.values()), default=0) + _HEIGHT + _MARGIN,
        lines=lines,
        names=tuple(sorted(graph.results)),
        here=next((line for line in lines if line.name == query.at), None),
        unknown=unknown,
        is_too_large=is_too_large,
    )


def _shown(graph: PackageGraph, query: GraphQuery) -> AbstractSet[str]:
    if query.at:
        return graph.above([query.at]) | graph.below([query.at])
    work = [name for name, result in graph.results.items() if result.verdict.value in _NEEDS_WORK]
    return graph.results.keys() if query.everything or not work else graph.above(work)


def _text(graph: PackageGraph, query: GraphQuery, shown: AbstractSet[str]) -> str:
    if not graph.results:
        return ""
    total = len(graph.results)
    if query.at:
        above, below = len(graph.above([query.at])) - 1, len(graph.below([query.at])) - 1
        leads = ngettext(
            "{package}: {count} package leads to it, and it leads to {others}.",
            "{package}: {count} packages lead to it, and it leads to {others}.",
            above,
        )
        if below:
            others = ngettext("{number}, of {count} package", "{number}, of {count} packages", total)
        else:
            others = ngettext("none, of {count} package", "none, of {count} packages", total)
        return leads.format(package=query.at, count=above, others=others.format(number=below, count=total))
    if len(shown) == total:
        return ngettext("{count} package.", "All {count} packages.", total).format(count=total)
    text = gettext("{some}: those that need work, and what leads to them.")
    return text.format(some=some_packages(len(shown), total))


def _places(graph: PackageGraph, depths: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Return the corner of each node: a column for each step from the project, near to what asks for it."""
    layers: dict[int, list[str]] = {}
    for name, depth in depths.items():
        layers.setdefault(depth, []).append(name)
    rows: dict[str, int] = {}
    for depth in sorted(layers):
        ordered = []
        for at, name in enumerate(layers[depth]):
            above = [rows[one] for one in graph.asked_by.get(name, ()) if one in rows]
            ordered.append((sum(above) / len(above) if above else at, name))
        layers[depth] = [name for _, name in sorted(ordered)]
        rows.update((name, at) for at, name in enumerate(layers[depth]))
    return {
        name: (_MARGIN + depth * _STEP_X, _MARGIN + at * _STEP_Y)
        for depth, names in layers.items()
        for at, name in enumerate(names)
    }


def _node(result: PackageResult, query: GraphQuery, place: tuple[int, int]) -> GraphNode:
    label = f"{result.name} {result.version or ''}".strip()
    return GraphNode(
        name=result.name,
        label=label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 1]}…",
        title=f"{label}: {cell_text(result)}",
        look=result.verdict,
        x=place[0],
        y=place[1],
        query=query.around(result.name).encode(),
        is_here=result.name == query.at,
    )


def _line(graph: PackageGraph, name: str, shown: AbstractSet[str]) -> GraphLine:
    result = graph.results[name]
    return GraphLine(
        name=name,
        version=result.shown_version,
        look=result.verdict,
        text=cell_text(result),
        is_required_by_project=name in graph.roots,
        asked_by=tuple(sorted(graph.asked_by.get(name, set()) & shown)),
        asks=tuple(sorted(graph.asks.get(name, set()) & shown)),
    )


def _curve(start: tuple[int, int], end: tuple[int, int]) -> str:
    """Return the path of a line from the right edge of a node to the left edge of another."""
    x, y = start[0] + _WIDTH, start[1] + _HEIGHT // 2
    to_x, to_y = end[0], end[1] + _HEIGHT // 2
    bend = max((to_x - x) // 2, 30)
    return f"M{x} {y}C{x + bend} {y} {to_x - bend} {to_y} {to_x} {to_y}"
