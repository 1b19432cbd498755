"""The sentence of each finding, and the next step."""

from __future__ import annotations

from projects.domain.audit.findings import AuditFinding, FindingKind
from scanner.domain.phrases import join_first, join_words
from scanner.domain.releases.python_changes import PythonVersion
from scanner.domain.translation import gettext, noop

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

_WHAT = {
    FindingKind.NOT_REQUIRED: noop("{subject} is imported, and no package of the set brings it"),
    FindingKind.NOT_KNOWN: noop(
        "{subject} is imported, and no package of the set is known to bring it; the modules of {unread} are not known"
    ),
    FindingKind.TAKEN_AWAY: noop(
        "{subject} is imported, which {package} brings now; no package of the planned set does"
    ),
    FindingKind.THROUGH_ANOTHER: noop(
        "{subject} is imported, and {package}, which brings it, comes only through another package{through}"
    ),
    FindingKind.OTHER_GROUP: noop("{subject} is imported, and {package} is required for {through} only"),
    FindingKind.NOT_IMPORTED: noop("{subject} is required, and nothing here imports or names what it brings"),
    FindingKind.REMOVED_MODULE: noop("{subject} is imported, which Python {version} removed"),
    FindingKind.REMOVED_NAME: noop("{subject} is used, which Python {version} removed"),
    FindingKind.NEWER_MODULE: noop("{subject} is imported, which came with Python {version}"),
    FindingKind.NEWER_SYNTAX: noop("{subject} is used, which came with Python {version}"),
}
_NOT_READ = noop("not read: {why}")


def finding_text(finding: AuditFinding) -> str:
    """Return what was found, as one sentence."""
    return _mitigated(finding).format(finding=_what(finding))


def next_step(finding: AuditFinding) -> str:
    """Return what to do about it, as one sentence; empty where nothing is known."""
    brought = f"{finding.package} {finding.version}".strip()
    match finding.kind:
        case FindingKind.NOT_REQUIRED | FindingKind.NOT_KNOWN if finding.package:
            text = gettext("{package} brings a module of that name: require it, if it is the one that is meant.")
            return text.format(package=brought)
        case FindingKind.NOT_REQUIRED:
            return gettext("Require the package that brings it, or remove the import.")
        case FindingKind.NOT_KNOWN:
            return gettext("Look into the packages that could not be read.")
        case FindingKind.TAKEN_AWAY:
            text = gettext("Require what brings it on the target, or hold {package} at a version that does.")
            return text.format(package=finding.package)
        case FindingKind.THROUGH_ANOTHER:
            return gettext("Require {package} itself.").format(package=finding.package)
        case FindingKind.OTHER_GROUP:
            text = gettext("Require {package} itself, unless this code is only used with it.")
            return text.format(package=finding.package)
        case FindingKind.NOT_IMPORTED:
            return gettext("Remove it, unless something loads it by a name that is not in these files.")
        case FindingKind.REMOVED_MODULE | FindingKind.REMOVED_NAME:
            instead = gettext(finding.instead)
            return gettext("Instead: {instead}.").format(instead=instead) if instead else ""
        case FindingKind.NEWER_MODULE | FindingKind.NEWER_SYNTAX:
            return gettext("It needs Python {version}.").format(version=_dotted(finding.python))
        case FindingKind.NOT_READ:
            return gettext(
                "Nothing is known about its imports. Code for a newer Python is read by a Wheelway that runs on it."
            )


def _what(finding: AuditFinding) -> str:
    match finding.kind:
        case FindingKind.THROUGH_ANOTHER:
            through = f": {' → '.join(finding.through)}" if finding.through else ""
        case FindingKind.OTHER_GROUP:
            through = join_words([gettext(one) for one in finding.through])
        case _:
            through = ""
    subject = gettext(finding.subject) if finding.kind is FindingKind.NEWER_SYNTAX else finding.subject
    return gettext(_WHAT.get(finding.kind, _NOT_READ)).format(
        subject=subject,
        package=f"{finding.package} {finding.version}".strip(),
        through=through,
        unread=join_first(finding.unread, _SHOWN),
        version=_dotted(finding.python),
        why=gettext(finding.instead) or gettext("it is too large or too deep"),
    )


def _mitigated(finding: AuditFinding) -> str:
    """Return the sentence with the place of what was found, by what makes it less grave."""
    if finding.is_caught:
        return gettext("{finding} (the failure is caught).")
    if finding.is_doubtful:
        return gettext("{finding} (on a condition that is not known here).")
    return gettext("{finding} (when a function is called).") if finding.is_late else "{finding}."


def _dotted(python: PythonVersion | None) -> str:
    return ".".join(map(str, python or ()))
