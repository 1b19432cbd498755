"""What waits for what: below a package that needs work, those that need it, up to the project's own requirements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.verdicts import Verdict
from projects.presentation.cell_summary import cell_text
from scanner.domain.translation import ngettext

MOST_LINES = 150


class WaitingStep(Struct, frozen=True):
    """One package on the way to a requirement, or the project at its end, which has a `slug`."""

    name: str
    slug: str = ""


class WaitingNode(Struct, frozen=True):
    """One line of the tree. `look` is the verdict of a package that needs work itself, None where it only waits.

    `note` is the text of its cell, and `waiting` counts what is below it, each once.
    """

    step: WaitingStep
    look: Verdict | None
    note: str
    waiting: int
    below: tuple[WaitingNode, ...]


class WaitingTree(Struct, frozen=True):
    """The tree of one target. `left_out` counts the ways that were too many to show."""

    text: str
    nodes: tuple[WaitingNode, ...]
    left_out: int


class _Branch(Struct):
    below: dict[WaitingStep, _Branch] = field(default_factory=dict)

    def steps(self) -> set[WaitingStep]:
        return set(self.below).union(*(branch.steps() for branch in self.below.values()))


def waiting_tree(results: Sequence[PackageResult]) -> WaitingTree | None:
    """Return what waits for the packages that need work; None where each of them is required by the project alone."""
    work: dict[str, PackageResult] = {result.name: result for result in results}
    chains = [_chain(path) for result in results for path in result.provenance.paths if len(path) > 1]
    inner = {step for chain in chains for step in chain[1:]}
    found = [chain for chain in chains if chain[0] not in inner]
    if not found:
        return None
    shown = list(found)
    while len(shown) > 1 and sum(map(len, shown)) > MOST_LINES:
        shown.pop()
    tops = {chain[0] for chain in found}
    waiting = len({step for chain in found for step in chain[1:]})
    text = ngettext("{count} package waits {for_others}.", "{count} packages wait {for_others}.", waiting)
    others = ngettext("for {count} other", "for {count} others", len(tops)).format(count=len(tops))
    text = text.format(count=waiting, for_others=others)
    return WaitingTree(text, merge_chains(shown, work), len(found) - len(shown))


def merge_chains(
    chains: Iterable[Sequence[WaitingStep]], work: Mapping[str, PackageResult] | None = None
) -> tuple[WaitingNode, ...]:
    """Merge chains that begin alike, such as greenlet, sqlalchemy, databases; what blocks and what most need first."""
    root = _Branch()
    for chain in chains:
        at = root
        for step in chain:
            at = at.below.setdefault(step, _Branch())
    return _nodes(root, work or {})


def _chain(path: Sequence[str]) -> tuple[WaitingStep, ...]:
    """Return a path from the package to the requirement of the project, without extras and repeats."""
    return tuple(WaitingStep(name) for name in dict.fromkeys(step.partition("[")[0] for step in reversed(path)))


def _nodes(root: _Branch, work: Mapping[str, PackageResult]) -> tuple[WaitingNode, ...]:
    found = [_node(step, branch, work.get(step.name), work) for step, branch in root.below.items()]
    return tuple(sorted(found, key=lambda node: (node.look is not Verdict.BLOCKED, -node.waiting, node.step.name)))


def _node(
    step: WaitingStep, branch: _Branch, result: PackageResult | None, work: Mapping[str, PackageResult]
) -> WaitingNode:
    return WaitingNode(
        step=step,
        look=result.verdict if result and not step.slug else None,
        note=cell_text(result) if result else "",
        waiting=len(branch.steps()),
        below=_nodes(branch, work),
    )
