"""The reader of dependency files: bytes in, ParsedFiles out. It runs, fetches and expands nothing."""

from projects.domain.dependency_files.conflicting_choices import conflicting_choices
from projects.domain.dependency_files.detection import is_dependency_file
from projects.domain.dependency_files.reader import read
from projects.domain.dependency_files.selection import (
    AvailableGroups,
    UnknownChoice,
    available_groups,
    choices_of,
    default_choices,
    select,
    split_choices,
    stored_choices,
    unknown_choices,
)
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
    "UnknownChoice",
    "UnnamedRequirement",
    "available_groups",
    "choices_of",
    "conflicting_choices",
    "default_choices",
    "is_dependency_file",
    "read",
    "select",
    "split_choices",
    "stored_choices",
    "to_data",
    "unknown_choices",
]
