"""Dependency files of every kind → ParsedFiles: bytes in, values out; nothing is run, fetched or expanded."""

from projects.domain.dependency_files.detection import is_dependency_file
from projects.domain.dependency_files.reader import read
from projects.domain.dependency_files.selection import AvailableGroups, available_groups, select
from projects.domain.dependency_files.serialization import to_data
from projects.domain.dependency_files.values import (
    FileProblem,
    Format,
    IndexOption,
    InstallerOption,
    LockedDependency,
    NamedIndex,
    ParsedFiles,
    ParsedRequirement,
    RequirementOrigin,
    RequirementScope,
    RuntimeHint,
    SourceFile,
    UnnamedRequirement,
)

__all__ = [
    "AvailableGroups",
    "FileProblem",
    "Format",
    "IndexOption",
    "InstallerOption",
    "LockedDependency",
    "NamedIndex",
    "ParsedFiles",
    "ParsedRequirement",
    "RequirementOrigin",
    "RequirementScope",
    "RuntimeHint",
    "SourceFile",
    "UnnamedRequirement",
    "available_groups",
    "is_dependency_file",
    "read",
    "select",
    "to_data",
]
