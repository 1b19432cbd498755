"""The sentence of each finding, and the next step."""

from __future__ import annotations

from projects.domain.audit.findings import AuditFinding, FindingKind
from scanner.domain.phrases import join_first, join_words
from scanner.domain.releases.python_changes import PythonVersion

_SHOWN = 3
RULES = {
    FindingKind.NOT_REQUIRED: "A module is imported that no package of the set brings.",
    FindingKind.NOT_KNOWN: "A module is imported, and whether a package of the set brings it is not known.",
    FindingKind.TAKEN_AWAY: "A module is imported that a package in use brings and no package of the planned set.",
    FindingKind.THROUGH_ANOTHER: "A module is imported whose package only comes through another one.",
    FindingKind.OTHER_GROUP: "A module is imported whose package is required for another group only.",
    FindingKind.NOT_IMPORTED: "A package is required, and nothing of it is imported or named.",
    FindingKind.REMOVED_MODULE: "A module is imported that this Python removed from its standard library.",
    FindingKind.REMOVED_NAME: "A name is used that this Python removed from its standard library.",
    FindingKind.NEWER_MODULE: "A module of the standard library is imported that this Python does not have yet.",
    FindingKind.NEWER_SYNTAX: "The syntax is newer than this Python.",
    FindingKind.NOT_READ: "A file is not one that the Python of Wheelway reads.",
}


def finding_text(finding: AuditFinding) -> str:
    """Return what was found, as one sentence."""
    return f"{_what(finding)}{_mitigation(finding)}."


def next_step(finding: AuditFinding) -> str:
    """Return what to do about it, as one sentence; empty where nothing is known."""
    brought = f"{finding.package} {finding.version}".strip()
    match finding.kind:
        case FindingKind.NOT_REQUIRED | FindingKind.NOT_KNOWN if finding.package:
            return f"{brought} brings a module of that name: require it, if it is the one that is meant."
        case FindingKind.NOT_REQUIRED:
            return "Require the package that brings it, or remove the import."
        case FindingKind.NOT_KNOWN:
            return "Look into the packages that could not be read."
        case FindingKind.TAKEN_AWAY:
            return f"Require what brings it on the target, or hold {finding.package} at a version that does."
        case FindingKind.THROUGH_ANOTHER:
            return f"Require {finding.package} itself."
        case FindingKind.OTHER_GROUP:
            return f"Require {finding.package} itself, unless this code is only used with it."
        case FindingKind.NOT_IMPORTED:
            return "Remove it, unless something loads it by a name that is not in these files."
        case FindingKind.REMOVED_MODULE | FindingKind.REMOVED_NAME:
            return f"Instead: {finding.instead}." if finding.instead else ""
        case FindingKind.NEWER_MODULE | FindingKind.NEWER_SYNTAX:
            return f"It needs Python {_dotted(finding.python)}."
        case FindingKind.NOT_READ:
            return "Nothing is known of its imports. Code for a newer Python is read by a Wheelway that runs on it."


def _what(finding: AuditFinding) -> str:
    subject, brought = finding.subject, f"{finding.package} {finding.version}".strip()
    match finding.kind:
        case FindingKind.NOT_REQUIRED:
            return f"{subject} is imported, and no package of the set brings it"
        case FindingKind.NOT_KNOWN:
            unknown = f"the modules of {join_first(finding.unread, _SHOWN)} are not known"
            return f"{subject} is imported, and no package of the set is known to bring it; {unknown}"
        case FindingKind.TAKEN_AWAY:
            return f"{subject} is imported, which {brought} brings now; no package of the planned set does"
        case FindingKind.THROUGH_ANOTHER:
            path = f": {' → '.join(finding.through)}" if finding.through else ""
            return f"{subject} is imported, and {brought}, which brings it, comes only through another package{path}"
        case FindingKind.OTHER_GROUP:
            return f"{subject} is imported, and {brought} is required for {join_words(finding.through)} only"
        case FindingKind.NOT_IMPORTED:
            return f"{subject} is required, and nothing here imports or names what it brings"
        case FindingKind.REMOVED_MODULE:
            return f"{subject} is imported, which Python {_dotted(finding.python)} removed"
        case FindingKind.REMOVED_NAME:
            return f"{subject} is used, which Python {_dotted(finding.python)} removed"
        case FindingKind.NEWER_MODULE:
            return f"{subject} is imported, which came with Python {_dotted(finding.python)}"
        case FindingKind.NEWER_SYNTAX:
            return f"{subject} is used, which came with Python {_dotted(finding.python)}"
        case _:
            return f"not read: {finding.instead or 'it is too large or too deep'}"


def _mitigation(finding: AuditFinding) -> str:
    if finding.is_caught:
        return " (the failure is caught)"
    if finding.is_doubtful:
        return " (on a condition that is not known here)"
    return " (when a function is called)" if finding.is_late else ""


def _dotted(python: PythonVersion | None) -> str:
    return ".".join(map(str, python or ()))
