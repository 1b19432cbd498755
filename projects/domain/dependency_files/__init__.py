"""Dependency files of every kind → one Intake. Pure: bytes in, values out; nothing is run, fetched or expanded."""

from projects.domain.dependency_files.detection import is_dependency_file
from projects.domain.dependency_files.reading import read
from projects.domain.dependency_files.selection import Choices, choices, select
from projects.domain.dependency_files.shape import as_data
from projects.domain.dependency_files.values import (
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
