"""Direct dependencies of a lock that does not name them, by the manifest in the same directory."""

from __future__ import annotations

import posixpath
from dataclasses import replace

from packaging.utils import NormalizedName

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.values import Format

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


def mark_direct(builder: ParsedFilesBuilder) -> None:
    """Set `direct` of locked packages where the lock leaves it open and a manifest of its kind is beside it."""
    formats = {source.path: source.format for source in builder.sources}
    asked: dict[tuple[str, Format], set[NormalizedName]] = {}
    for requirement in builder.requirements:
        if not requirement.locked and not requirement.constraint and not requirement.override:
            key = (posixpath.dirname(requirement.source), formats.get(requirement.source, Format.UNKNOWN))
            asked.setdefault(key, set()).add(requirement.name)
    for position, requirement in enumerate(builder.requirements):
        if not requirement.locked or requirement.direct is not None:
            continue
        folder = posixpath.dirname(requirement.source)
        found = formats.get(requirement.source, Format.UNKNOWN)
        names = [asked[folder, manifest] for manifest in _MANIFESTS.get(found, ()) if (folder, manifest) in asked]
        if names:
            direct = any(requirement.name in known for known in names)
            builder.requirements[position] = replace(requirement, direct=direct)
