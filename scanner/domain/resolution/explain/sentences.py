"""Clauses and reasons as parts of English sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from packaging.utils import NormalizedName

from scanner.domain.resolution.explain.reasons import (
    Constrained,
    InvalidDependency,
    Obstacle,
    PackageNotFound,
    Reason,
    Required,
    Unavailable,
)
from scanner.domain.resolution.model.versions import PackageVersions
from scanner.domain.resolution.pubgrub.incompatibility import ABSENT, Incompatibility

__all__ = ["OBSTACLES", "Phrases"]


OBSTACLES = {
    Obstacle.PURE_SOURCE: "has no wheel, only pure Python source to build",
    Obstacle.COMPILED_SOURCE: "has no wheel, only source to compile",
    Obstacle.UNSEEN_SOURCE: "has no wheel, only source that was not looked into",
    Obstacle.REQUIRES_PYTHON: "refuses that Python",
    Obstacle.NO_FILE: "has no file for it",
    Obstacle.TOO_YOUNG: "is younger than the policy allows",
}


class Phrases:
    """Says what sets of releases, clauses and reasons mean.

    `shelf_of` gives the releases that a node chooses from; `targets` are those of a bridge, by their numbers.
    """

    def __init__(self, package_of: Callable[[str], PackageVersions | None], targets: Sequence[str] = ()) -> None:
        self._package_of, self._targets = package_of, targets

    def known(self, name: NormalizedName) -> int:
        """The releases of a package."""
        package = self._package_of(name)
        return 0 if package is None else package.all

    def releases(self, node: str, mask: int) -> str:
        """ "pydantic 2.0 to 2.6.1", "every pydantic", or the bare name of something without versions."""
        name, at, target = node.partition("@")
        if at:
            return f"{name} on {self._targets[int(target)]}"
        package = self._package_of(node)
        if package is None or not package.versions:
            return node
        own = mask & package.all
        if own == package.all:
            return f"every {node}" if len(package.versions) > 1 else f"{node} {package.versions[0]}"
        return f"{node} {package.describe(own)}" if own else f"{node} from a URL"

    def reason(self, reason: Reason) -> str:
        """A clause of a sentence: "the project requires …", "… needs …", "… has no wheel there"."""
        match reason:
            case Required(requirement=requirement, dependent=None):
                return f"the project requires {requirement}"
            case Required(requirement=requirement, dependent=dependent, extra=extra, releases=releases) if (
                dependent is not None
            ):
                asker = self.releases(dependent, releases)
                return f"{asker} with extra {extra} needs {requirement}" if extra else f"{asker} needs {requirement}"
            case Constrained(requirement=requirement):
                return (
                    f"a constraint limits {requirement.name} to {requirement.specifier or requirement.url or 'nothing'}"
                )
            case Unavailable():
                return self._unavailable(reason)
            case PackageNotFound(name=name):
                return f"the index has no package {name}"
            case InvalidDependency(name=name, text=text):
                return f"a release of {name} states a requirement that cannot be read: {text!r}"
        raise AssertionError(reason)

    def _unavailable(self, reason: Unavailable) -> str:
        parts = [
            f"{self.releases(reason.name, mask)} {OBSTACLES[obstacle]}"
            for obstacle, mask in sorted(reason.obstacles, key=lambda pair: -pair[1].bit_length())
        ]
        return f"on {reason.target}, {', '.join(parts)}"

    def clause(self, clause: Incompatibility, nodes: Sequence[str]) -> str:
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
        package = self._package_of(node)
        if package is not None and not mask & package.all:
            return f"a version of {NormalizedName(node)} that does not exist"
        return self.releases(node, mask)
