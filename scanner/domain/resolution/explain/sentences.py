"""Clauses and reasons as parts of English sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from packaging.utils import NormalizedName

from scanner.domain.resolution.explain.reasons import Asked, Constrained, NotOnIndex, Reason, Unavailable, Unreadable
from scanner.domain.resolution.model.versions import Shelf
from scanner.domain.resolution.pubgrub.incompatibility import ABSENT, Clause

__all__ = ["Phrases"]


class Phrases:
    """Says what sets of releases, clauses and reasons mean.

    `shelf_of` gives the releases that a node chooses from; `targets` are those of a bridge, by their numbers.
    """

    def __init__(self, shelf_of: Callable[[str], Shelf | None], targets: Sequence[str] = ()) -> None:
        self._shelf_of, self._targets = shelf_of, targets

    def known(self, name: NormalizedName) -> int:
        """The releases of a package."""
        shelf = self._shelf_of(name)
        return 0 if shelf is None else shelf.all

    def releases(self, node: str, mask: int) -> str:
        """ "pydantic 2.0 to 2.6.1", "every pydantic", or the bare name of something without versions."""
        package, at, target = node.partition("@")
        if at:
            return f"{package} on {self._targets[int(target)]}"
        shelf = self._shelf_of(node)
        if shelf is None or not shelf.versions:
            return node
        own = mask & shelf.all
        if own == shelf.all:
            return f"every {node}" if len(shelf.versions) > 1 else f"{node} {shelf.versions[0]}"
        return f"{node} {shelf.describe(own)}" if own else f"{node} from a URL"

    def reason(self, reason: Reason) -> str:
        """A clause of a sentence: "the project requires …", "… needs …", "… has no wheel there"."""
        match reason:
            case Asked(ask=ask, by=None):
                return f"the project requires {ask}"
            case Asked(ask=ask, by=by, extra=extra, releases=releases) if by is not None:
                asker = self.releases(by, releases)
                return f"{asker} with extra {extra} needs {ask}" if extra else f"{asker} needs {ask}"
            case Constrained(ask=ask):
                return f"a constraint limits {ask.name} to {ask.specifier or ask.url or 'nothing'}"
            case Unavailable():
                return self._unavailable(reason)
            case NotOnIndex(name=name):
                return f"the index has no package {name}"
            case Unreadable(name=name, text=text):
                return f"a release of {name} states a requirement that cannot be read: {text!r}"
        raise AssertionError(reason)

    def _unavailable(self, reason: Unavailable) -> str:
        parts = [
            f"{self.releases(reason.name, mask)} {words}"
            for words, mask in sorted(reason.obstacles, key=lambda obstacle: -obstacle[1].bit_length())
        ]
        return f"on {reason.target}, {', '.join(parts)}"

    def clause(self, clause: Clause, nodes: Sequence[str]) -> str:
        """A conclusion: what a clause forbids, put as what must be."""
        given = [(nodes[node], mask) for node, mask in clause.terms if not mask & ABSENT]
        wanted = [(nodes[node], ~mask) for node, mask in clause.terms if mask & ABSENT]
        if not given and not wanted:
            return "the requirements cannot hold together"
        needs = " or ".join(self._wanted(node, mask) for node, mask in wanted)
        having = " with ".join(self.releases(node, mask) for node, mask in given)
        if not wanted:
            return f"{having} cannot be used" if len(given) == 1 else f"{having} cannot be used together"
        return f"{having} needs {needs}" if given else f"{needs} is needed"

    def _wanted(self, node: str, mask: int) -> str:
        shelf = self._shelf_of(node)
        if shelf is not None and not mask & shelf.all:
            return f"a version of {NormalizedName(node)} that does not exist"
        return self.releases(node, mask)
