"""Direct dependencies of a lock that does not name them, by the manifest in the same directory."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence

from msgspec.structs import replace
from packaging.utils import NormalizedName

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.pep508 import MalformedRequirement, any_of
from projects.domain.dependency_files.values import (
    Format,
    LockRule,
    ParsedRequirement,
    RequirementOrigin,
    RequirementScope,
)
from scanner.domain.phrases import join_first

_MANIFESTS: dict[Format, tuple[Format, ...]] = {
    Format.PIPFILE_LOCK: (Format.PIPFILE,),
    Format.POETRY_LOCK: (Format.PYPROJECT,),
    Format.PDM_LOCK: (Format.PYPROJECT,),
    Format.UV_LOCK: (Format.PYPROJECT,),
    Format.PYLOCK: (Format.PYPROJECT, Format.PIPFILE, Format.REQUIREMENTS),
    Format.PIP_COMPILE: (Format.REQUIREMENTS, Format.PYPROJECT, Format.SETUP_CFG, Format.SETUP_PY),
    Format.PIP_FREEZE: (Format.REQUIREMENTS, Format.PYPROJECT, Format.SETUP_CFG, Format.SETUP_PY, Format.PIPFILE),
    Format.CYCLONEDX: (Format.REQUIREMENTS, Format.PYPROJECT, Format.PIPFILE),
    Format.PIP_INSPECT: (Format.REQUIREMENTS, Format.PYPROJECT, Format.PIPFILE),
}


# Locks that are written for the manifest beside them.
_OF_ONE_TOOL = {Format.UV_LOCK, Format.POETRY_LOCK, Format.PDM_LOCK, Format.PIPFILE_LOCK}
_MAX_NAMES = 5
_ALONE = (
    "it does not say what the project itself requires, so what others require on some targets only counts on all of "
    "them ({names}): add its {manifest}"
)
# Locks whose packages name no group unless the lock is new enough.
_WITHOUT_GROUPS = {Format.POETRY_LOCK, Format.PDM_LOCK}


def mark_direct(builder: ParsedFilesBuilder) -> None:
    """Set `direct` of locked packages where the lock leaves it open and a manifest of its kind is beside it.

    A direct package gets the conditions of the manifest as its `direct_marker`. In a lock without groups, a package
    that only groups or extras of the manifest require gets their names.
    """
    formats = {source.path: source.format for source in builder.sources}
    declared: dict[tuple[str, Format], dict[NormalizedName, list[ParsedRequirement]]] = {}
    grouped: set[str] = set()
    for requirement in builder.requirements:
        if requirement.locked and requirement.scope is not RequirementScope.MAIN:
            grouped.add(requirement.source)
        if not requirement.locked and not requirement.constraint and not requirement.override:
            key = (posixpath.dirname(requirement.source), formats.get(requirement.source, Format.UNKNOWN))
            declared.setdefault(key, {}).setdefault(requirement.name, []).append(requirement)
    _report_stale(builder, formats, declared)
    declarations: dict[tuple[str, Format, NormalizedName], _Declaration] = {}
    _name_extras(builder, formats)
    for position, requirement in enumerate(builder.requirements):
        if not requirement.locked or requirement.direct is not None:
            continue
        folder = posixpath.dirname(requirement.source)
        found = formats.get(requirement.source, Format.UNKNOWN)
        manifests = [declared[folder, one] for one in _MANIFESTS.get(found, ()) if (folder, one) in declared]
        if manifests:
            declared_as = (folder, found, requirement.name)
            if declared_as not in declarations:
                entries = [entry for manifest in manifests for entry in manifest.get(requirement.name, ())]
                declarations[declared_as] = _Declaration(entries)
            declaration = declarations[declared_as]
            marked = requirement
            if found in _WITHOUT_GROUPS and requirement.source not in grouped and declaration.scope is not None:
                marked = replace(requirement, scope=declaration.scope, groups=declaration.groups)
            builder.requirements[position] = replace(
                marked, direct=declaration.is_direct, direct_marker=declaration.condition(marked.scope)
            )
    _report_alone(builder, formats)


def _report_alone(builder: ParsedFilesBuilder, formats: Mapping[str, Format]) -> None:
    """Add a problem for each lock whose installed packages only its manifest tells, where that is not beside it.

    All its packages count then, also those that others require under a condition only.
    """
    edges: dict[str, dict[str, bool]] = {}
    alone: dict[str, set[str]] = {}
    for one in builder.requirements:
        if one.lock is LockRule.GRAPH and one.direct is None:
            alone.setdefault(one.source, set()).add(one.name)
            always = edges.setdefault(one.source, {})
            for edge in one.dependencies:
                always[edge.name] = always.get(edge.name, False) or edge.marker is None
    for path, names in alone.items():
        listed = join_first(sorted(name for name in names if edges[path].get(name) is False), _MAX_NAMES)
        if listed:
            message = _ALONE.format(names=listed, manifest=" or ".join(one.value for one in _MANIFESTS[formats[path]]))
            builder.add_problem(path, None, "", message)


def _report_stale(
    builder: ParsedFilesBuilder,
    formats: Mapping[str, Format],
    declared: Mapping[tuple[str, Format], Mapping[NormalizedName, Sequence[ParsedRequirement]]],
) -> None:
    """Add a problem for each lock that lacks packages which its manifest always requires."""
    locked: dict[str, set[NormalizedName]] = {}
    for requirement in builder.requirements:
        if requirement.locked:
            locked.setdefault(requirement.source, set()).add(requirement.name)
    for path, names in locked.items():
        found = formats.get(path, Format.UNKNOWN)
        beside = _MANIFESTS.get(found, ()) if found in _OF_ONE_TOOL else ()
        entries = [
            entry
            for one in beside
            for several in declared.get((posixpath.dirname(path), one), {}).values()
            for entry in several
        ]
        lacking = sorted(
            {
                entry.name
                for entry in entries
                if entry.scope is RequirementScope.MAIN
                and entry.marker is None
                and entry.origin is RequirementOrigin.INDEX
                if entry.name not in names and entry.name not in builder.project_names
            }
        )
        if lacking:
            listed = join_first(lacking, _MAX_NAMES)
            builder.add_problem(path, None, "", f"older than its project, which requires {listed}: lock again")


def _name_extras(builder: ParsedFilesBuilder, formats: Mapping[str, Format]) -> None:
    """Set the scope of what extras choose in a pdm.lock, which has extras and groups in one list."""
    extras = {name for scope, name in builder.choices if scope is RequirementScope.EXTRA}
    for position, requirement in enumerate(builder.requirements):
        if formats.get(requirement.source) is Format.PDM_LOCK and not extras.isdisjoint(requirement.groups):
            builder.requirements[position] = replace(requirement, scope=RequirementScope.EXTRA)


class _Declaration:
    """What manifests say of one name: read once, however many packages of that name a lock has."""

    def __init__(self, entries: list[ParsedRequirement]) -> None:
        self._entries = entries
        self._conditions: dict[RequirementScope, str | None] = {}
        self.is_direct = bool(entries)
        scopes = {entry.scope for entry in entries}
        # The one scope that requires the name, None if it is required always or by several.
        self.scope = scopes.pop() if len(scopes) == 1 and RequirementScope.MAIN not in scopes else None
        self.groups = tuple(dict.fromkeys(group for entry in entries for group in entry.groups))

    def condition(self, scope: RequirementScope) -> str | None:
        """Return the marker of the entries in the same scope, or of all of them if there are none."""
        if scope not in self._conditions:
            self._conditions[scope] = self._condition(scope)
        return self._conditions[scope]

    def _condition(self, scope: RequirementScope) -> str | None:
        same = [entry for entry in self._entries if entry.scope is scope] or self._entries
        markers = [entry.marker for entry in same]
        try:
            return any_of(*markers) if markers else None
        except MalformedRequirement:
            # Together they are longer than a marker may be: it counts as required everywhere.
            return None
