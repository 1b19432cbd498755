"""Packages that the files take from an index that is not asked: what the indexes asked have says nothing of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec.structs import replace

from projects.domain.dependency_files.values import AssignedPackage, ParsedRequirement, RequirementOrigin


def mark_other_indexes(
    requirements: Iterable[ParsedRequirement], assigned: Iterable[AssignedPackage], asked: Collection[str]
) -> tuple[ParsedRequirement, ...]:
    """Return the requirements, those of packages of an index that is not `asked` as coming from there.

    `asked` are normalised addresses without credentials.
    """
    elsewhere = {one.name: one.address for one in assigned if one.address not in asked}
    return tuple(
        replace(one, origin=RequirementOrigin.OTHER_INDEX, url=elsewhere[one.name])
        if one.name in elsewhere and one.origin is RequirementOrigin.INDEX
        else one
        for one in requirements
    )
