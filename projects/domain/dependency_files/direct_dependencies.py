"""Direct dependencies of a lock that does not name them, by the manifest in the same directory."""

from __future__ import annotations

import posixpath
from dataclasses import replace

from packaging.utils import NormalizedName

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.pep508 import any_of
from projects.domain.dependency_files.values import Format, ParsedRequirement, RequirementScope

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
    for position, requirement in enumerate(builder.requirements):
        if not requirement.locked or requirement.direct is not None:
            continue
        folder = posixpath.dirname(requirement.source)
        found = formats.get(requirement.source, Format.UNKNOWN)
        manifests = [declared[folder, one] for one in _MANIFESTS.get(found, ()) if (folder, one) in declared]
        if manifests:
            entries = [entry for manifest in manifests for entry in manifest.get(requirement.name, ())]
            if found in _WITHOUT_GROUPS and requirement.source not in grouped:
                builder.requirements[position] = _with_groups(requirement, entries)
            builder.requirements[position] = replace(
                builder.requirements[position],
                direct=bool(entries),
                direct_marker=_condition(builder.requirements[position], entries),
            )


def _with_groups(requirement: ParsedRequirement, entries: list[ParsedRequirement]) -> ParsedRequirement:
    scopes = {entry.scope for entry in entries}
    if len(scopes) != 1 or RequirementScope.MAIN in scopes:
        return requirement
    groups = dict.fromkeys(group for entry in entries for group in entry.groups)
    return replace(requirement, scope=scopes.pop(), groups=tuple(groups))


def _condition(requirement: ParsedRequirement, entries: list[ParsedRequirement]) -> str | None:
    """Return the marker of the manifest's entries in the same scope, or of all of them if there are none."""
    same = [entry for entry in entries if entry.scope is requirement.scope] or entries
    markers = [entry.marker for entry in same]
    return any_of(*markers) if markers else None
