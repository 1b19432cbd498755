"""pip's hash-checking mode: one hash, or --require-hashes, makes pip refuse every requirement without hash or pin."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from projects.domain.dependency_files.builder import ParsedFilesBuilder
from projects.domain.dependency_files.values import Format, ParsedRequirement
from scanner.domain.phrases import agree

_HASH_IN_URL = re.compile(r"[#&]sha(?:256|384|512)=")
_INSTALLED_BY_PIP = {Format.REQUIREMENTS, Format.PIP_COMPILE, Format.PIP_FREEZE}


def check_hashes(builder: ParsedFilesBuilder) -> None:
    """Add a problem for each requirements file that pip refuses because some of its requirements lack a hash or pin."""
    strict = {option.source for option in builder.options if option.name == "require-hashes"}
    constrained = {one.name for one in builder.requirements if one.constraint and one.hashes}
    by_file: dict[str, list[ParsedRequirement]] = {}
    for requirement in builder.requirements:
        if not requirement.constraint:
            by_file.setdefault(requirement.source, []).append(requirement)
    for source in builder.sources:
        requirements = by_file.get(source.path, [])
        is_checked = source.path in strict or any(one.hashes for one in requirements)
        if source.format in _INSTALLED_BY_PIP and is_checked:
            lacking = [one for one in requirements if not _is_checkable(one, constrained)]
            lines = [one.line for one in builder.unnamed if one.source == source.path]
            lines += [one.line for one in lacking]
            if lines:
                number, total = len(lines), len(requirements) + len(lines) - len(lacking)
                message = (
                    f"pip refuses this file: {number} of {total} {agree(total, 'requirement', 'requirements')} "
                    f"{agree(number, 'has', 'have')} no --hash or no == version, which pip requires of all or none"
                )
                builder.add_problem(source.path, _first(lines), "", message)


def _is_checkable(requirement: ParsedRequirement, constrained: Collection[str]) -> bool:
    if requirement.url is not None:
        # A URL is as good as a pin, and its fragment may hold the hash.
        return bool(requirement.hashes or _HASH_IN_URL.search(requirement.url))
    return bool(requirement.pinned and (requirement.hashes or requirement.name in constrained))


def _first(lines: Iterable[int | None]) -> int | None:
    return min((line for line in lines if line is not None), default=None)
