"""Dependency files of every kind → one Intake. Pure: bytes in, values out; nothing is run, fetched or expanded."""

from projects.domain.intake.detection import is_dependency_file
from projects.domain.intake.reading import read
from projects.domain.intake.selection import Choices, choices, select
from projects.domain.intake.shape import as_data
from projects.domain.intake.values import (
    Edge,
    Format,
    Hint,
    IndexOption,
    Intake,
    NamedIndex,
    Option,
    Origin,
    ParsedRequirement,
    Problem,
    Scope,
    Source,
    Unnamed,
)

__all__ = [
    "Choices",
    "Edge",
    "Format",
    "Hint",
    "IndexOption",
    "Intake",
    "NamedIndex",
    "Option",
    "Origin",
    "ParsedRequirement",
    "Problem",
    "Scope",
    "Source",
    "Unnamed",
    "as_data",
    "choices",
    "is_dependency_file",
    "read",
    "select",
]
