"""The findings of a source tree on several targets."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from packaging.utils import canonicalize_name

from projects.domain.assessment.target_result import TargetResult
from projects.domain.audit.audit import audit, not_imported, unanswered
from projects.domain.audit.findings import AuditFinding, merged
from projects.domain.audit.known_packages import KnownPackages, PackageModules
from projects.domain.audit.own_modules import OwnModules
from projects.domain.dependency_files import ParsedFiles
from projects.services.audit.packages import packages_bringing, packages_on
from projects.services.audit.tree import SourceTree, mentioned
from scanner.domain.targets.target import Target
from scanner.services.index_sets import IndexSet


def audit_tree(
    tree: SourceTree,
    targets: Sequence[Target],
    results: Sequence[TargetResult],
    parsed: ParsedFiles,
    indexes: IndexSet,
    *,
    loaded: Collection[str] = (),
) -> list[AuditFinding]:
    """Return the findings, each once with its targets. Reads the indexes, without a transaction.

    - results: those of the same targets, in the same order; loaded: packages that are loaded by a name.
    """
    own = _own_modules(tree)
    known = packages_on(results, parsed, indexes, tree.root)
    pairs = list(zip(known, targets, strict=True))
    missing = {top for one, target in pairs for top in unanswered(tree.files, own, one, target)}
    suggested = packages_bringing(missing, indexes)
    return _findings(tree, own, pairs, suggested, loaded)


def audit_without_requirements(tree: SourceTree, targets: Sequence[Target]) -> list[AuditFinding]:
    """Return the findings of a tree in which nothing is required."""
    pairs = [(KnownPackages(target.slug, ()), target) for target in targets]
    return _findings(tree, _own_modules(tree), pairs, {}, ())


def _own_modules(tree: SourceTree) -> OwnModules:
    return OwnModules(tree.paths, tree.on_path, tree.vendored)


def _findings(
    tree: SourceTree,
    own: OwnModules,
    pairs: Sequence[tuple[KnownPackages, Target]],
    suggested: dict[str, PackageModules],
    loaded: Collection[str],
) -> list[AuditFinding]:
    unused = {one.name: one for packages, _ in pairs for one in not_imported(tree.files, packages)}
    named = mentioned(tree, [(name, _words(package)) for name, package in unused.items()])
    named |= {str(canonicalize_name(name)) for name in loaded}
    return merged(
        finding
        for one, target in pairs
        for finding in audit(tree.files, own, one, target, suggested=suggested, mentioned=named)
    )


def _words(package: PackageModules) -> set[str]:
    modules = package.modules.names if package.modules is not None else frozenset()
    return {package.name, *(name for name in modules if not name.startswith("_"))}
