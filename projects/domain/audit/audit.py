"""The audit of a source tree on one target: imports against the set of packages and against the standard library."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from projects.domain.assessment.verdicts import Severity
from projects.domain.audit.findings import AuditFinding, FindingKind, SourcePlace, rank
from projects.domain.audit.known_packages import KnownPackages, PackageModules
from projects.domain.audit.own_modules import OwnMatch, OwnModules
from projects.domain.audit.source_tree import AuditedFile
from scanner.domain.releases.python_changes import PythonVersion
from scanner.domain.source.python_file import CodeContext, Import, RunTime
from scanner.domain.source.standard_library import (
    added_in,
    has_module,
    is_standard,
    removed_module,
    removed_name,
)
from scanner.domain.targets.target import Target

_ORDER = list(Severity)
_BASE = {
    FindingKind.NOT_REQUIRED: Severity.HIGH,
    FindingKind.NOT_KNOWN: Severity.LOW,
    FindingKind.TAKEN_AWAY: Severity.HIGH,
    FindingKind.THROUGH_ANOTHER: Severity.MODERATE,
    FindingKind.OTHER_GROUP: Severity.MODERATE,
    FindingKind.REMOVED_MODULE: Severity.HIGH,
    FindingKind.REMOVED_NAME: Severity.HIGH,
    FindingKind.NEWER_MODULE: Severity.HIGH,
    FindingKind.NEWER_SYNTAX: Severity.HIGH,
    FindingKind.NOT_READ: Severity.MODERATE,
}
# With setuptools installed, Python finds its copy.
_DISTUTILS, _SETUPTOOLS = "distutils", "setuptools"
_PYTHON_3 = (3, 0)


class _Draft(Struct):
    finding: AuditFinding
    places: dict[SourcePlace, Severity] = field(default_factory=dict)
    is_caught: bool = True
    is_late: bool = True
    is_doubtful: bool = True


def audit(
    files: Sequence[AuditedFile],
    own: OwnModules,
    known: KnownPackages,
    target: Target,
    *,
    suggested: Mapping[str, PackageModules],
    mentioned: Collection[str],
) -> list[AuditFinding]:
    """Return the findings on one target, worst first.

    - suggested: packages outside the set that bring a module, by the module's first part.
    - mentioned: the names of packages that something other than an import names.
    """
    return _Audit(own, known, target, suggested, mentioned).findings(files)


def unanswered(files: Iterable[AuditedFile], own: OwnModules, known: KnownPackages, target: Target) -> set[str]:
    """Return the first parts of the modules that nothing of the set brings on a target."""
    audit = _Audit(own, known, target, {}, ())
    kinds = {FindingKind.NOT_REQUIRED, FindingKind.NOT_KNOWN}
    return {one.subject.partition(".")[0] for one in audit.findings(files) if one.kind in kinds}


def not_imported(files: Iterable[AuditedFile], known: KnownPackages) -> list[PackageModules]:
    """Return the packages that the project requires itself and whose modules no file ever imports."""
    imports = [one for file in files for one in file.content.imports if not one.level]
    tops = {one.top for one in imports}
    found = []
    for package in known.packages:
        modules = package.modules
        if not package.is_required or package.loaded_by or modules is None or modules.adds_folders:
            continue
        # Stubs and packages that only require others have no modules; commands and plugins are not imported.
        if not modules.names or modules.has_entry_points or known.stands_for_a_command(package):
            continue
        if not any(name.partition(".")[0] in tops for name in modules.names) or not any(
            modules.bring(one.module, one.names) for one in imports
        ):
            found.append(package)
    return found


class _Audit:
    def __init__(
        self,
        own: OwnModules,
        known: KnownPackages,
        target: Target,
        suggested: Mapping[str, PackageModules],
        mentioned: Collection[str],
    ) -> None:
        self._own, self._known, self._target = own, known, target
        self._suggested, self._mentioned = suggested, mentioned
        self._environment, self._python = target.marker_environment, target.python.version
        self._drafts: dict[AuditFinding, _Draft] = {}

    def findings(self, files: Iterable[AuditedFile]) -> list[AuditFinding]:
        files = list(files)
        for file in files:
            self._file(file)
        for package in not_imported(files, self._known):
            if package.name not in self._mentioned:
                place = SourcePlace(package.source, package.line)
                finding = self._of(FindingKind.NOT_IMPORTED, package.name, package=package)
                self._drafts[finding] = _Draft(
                    finding, {place: Severity.LOW}, is_caught=False, is_late=False, is_doubtful=False
                )
        whole = []
        for draft in self._drafts.values():
            worst = max(draft.places.values(), key=_ORDER.index)
            # What ships first.
            places = sorted(draft.places, key=lambda place: (-_ORDER.index(draft.places[place]), place))
            whole.append(
                replace(
                    draft.finding,
                    severity=worst,
                    places=tuple(places),
                    is_caught=draft.is_caught,
                    is_late=draft.is_late,
                    is_doubtful=draft.is_doubtful,
                )
            )
        return sorted(whole, key=rank)

    def _of(
        self,
        kind: FindingKind,
        subject: str,
        *,
        package: PackageModules | None = None,
        through: tuple[str, ...] = (),
        python: PythonVersion | None = None,
        instead: str = "",
        unread: tuple[str, ...] = (),
    ) -> AuditFinding:
        return AuditFinding(
            kind,
            Severity.NONE,
            subject,
            (),
            package=package.name if package is not None else "",
            version=package.version if package is not None else "",
            through=through,
            python=python,
            instead=instead,
            unread=unread,
            targets=(self._target.slug,),
        )

    def _add(
        self,
        finding: AuditFinding,
        file: AuditedFile,
        line: int,
        context: CodeContext | None = None,
        *,
        is_mild: bool = False,
    ) -> None:
        draft = self._drafts.setdefault(finding, _Draft(finding))
        caught = context is not None and context.may_fail
        late = context is not None and context.when is RunTime.CALL
        doubtful = context is not None and context.runs_on(self._environment) is None
        severity = _lowered(_BASE[finding.kind], 1 if late else 0)
        if caught or doubtful or is_mild or file.is_aside:
            severity = min(severity, Severity.LOW, key=_ORDER.index)
        draft.places.setdefault(SourcePlace(file.path, line), severity)
        draft.is_caught &= caught
        draft.is_late &= late
        draft.is_doubtful &= doubtful

    def _file(self, file: AuditedFile) -> None:
        unread = file.content.unread
        if unread is not None:
            self._add(self._of(FindingKind.NOT_READ, file.path, instead=unread.message), file, unread.line or 1)
        for syntax in file.content.syntax:
            if syntax.since > self._python:
                finding = self._of(FindingKind.NEWER_SYNTAX, syntax.feature, python=syntax.since)
                self._add(finding, file, syntax.line)
        for one in file.content.imports:
            if not one.level and self._runs(one.context, file.path):
                self._import(one, file)
        for use in file.content.uses:
            if not use.context.may_lack_names and self._runs(use.context, file.path):
                self._name(use.name, file, use.line, use.context)

    def _runs(self, context: CodeContext, path: str) -> bool:
        """Return whether code may run on the target."""
        if context.when is RunTime.TYPES or context.runs_on(self._environment) is False:
            return False
        return not any(all(self._is_there(name, path) for name in names) for names in context.instead_of)

    def _is_there(self, name: str, path: str) -> bool:
        """Return whether what a `try` imports, by its dotted name, is there on the target."""
        module, _, last = name.rpartition(".")
        if is_standard(name):
            removed = removed_name(name)
            return has_module(name, self._python) and (removed is None or removed.removed_in > self._python)
        taken = (last,) if module else ()
        wanted = module or last
        if self._own.find(wanted, taken, path) is OwnMatch.SURE:
            return True
        return self._known.bringing(wanted, taken) is not None

    def _import(self, one: Import, file: AuditedFile) -> None:
        provider = self._known.bringing(one.module, one.names)
        match = self._own.find(one.module, one.names, file.path)
        if is_standard(one.module):
            if provider is None and match is not OwnMatch.SURE:
                self._standard(one, file)
        elif match is not OwnMatch.SURE:
            if provider is not None:
                self._brought(one, provider, file)
            elif match is OwnMatch.NO:
                self._not_brought(one, file)

    def _standard(self, one: Import, file: AuditedFile) -> None:
        removed, added = removed_module(one.module), added_in(one.module)
        if removed is not None and removed.removed_in <= self._python:
            finding = self._of(
                FindingKind.REMOVED_MODULE, removed.name, python=removed.removed_in, instead=removed.instead
            )
            if removed.name == _DISTUTILS and self._known.bringing(_SETUPTOOLS, ()) is not None:
                return
            if removed.removed_in == _PYTHON_3 and one.context.may_fail:
                # What is left of the move to Python 3 has been failing since.
                return
            self._add(finding, file, one.line, one.context)
        elif added is not None and added > self._python:
            self._add(self._of(FindingKind.NEWER_MODULE, one.module, python=added), file, one.line, one.context)
        else:
            for name in one.names or ("",):
                self._name(f"{one.module}.{name}".rstrip("."), file, one.line, one.context)

    def _name(self, name: str, file: AuditedFile, line: int, context: CodeContext) -> None:
        removed = removed_name(name)
        if removed is not None and removed.removed_in <= self._python:
            finding = self._of(
                FindingKind.REMOVED_NAME, removed.name, python=removed.removed_in, instead=removed.instead
            )
            self._add(finding, file, line, context)

    def _brought(self, one: Import, package: PackageModules, file: AuditedFile) -> None:
        if package.is_required:
            return
        kind = FindingKind.OTHER_GROUP if package.other_groups else FindingKind.THROUGH_ANOTHER
        if kind is FindingKind.OTHER_GROUP and (file.is_aside or one.context.may_fail):
            return
        through = package.other_groups or package.path
        # Of a namespace package the part is meant.
        is_whole = package.modules is not None and one.top in package.modules.names
        finding = self._of(kind, one.top if is_whole else one.module, package=package, through=through)
        # The feature that an extra stands for may need it without more ado.
        self._add(finding, file, one.line, one.context, is_mild=package.is_optional)

    def _not_brought(self, one: Import, file: AuditedFile) -> None:
        unread = self._known.unread
        lost = None if unread else self._known.bringing_until_now(one.module, one.names)
        if lost is not None:
            self._add(self._of(FindingKind.TAKEN_AWAY, one.module, package=lost), file, one.line, one.context)
            return
        kind = FindingKind.NOT_KNOWN if unread else FindingKind.NOT_REQUIRED
        found = self._of(kind, one.top, package=self._suggested.get(one.top), unread=unread)
        self._add(found, file, one.line, one.context)


def _lowered(severity: Severity, steps: int) -> Severity:
    return _ORDER[max(_ORDER.index(Severity.LOW), _ORDER.index(severity) - steps)]
