"""The results of an assessment: what blocks, what has to change, and what is not known, at the lines of the files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace
from packaging.utils import canonicalize_name

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.target_result import TargetResult
from projects.domain.assessment.verdicts import ProjectVerdict, Severity, Verdict
from projects.domain.audit.findings import SourcePlace
from projects.domain.gate.comparison import TargetChange
from projects.presentation.advice import advise
from projects.presentation.checks.result import CheckLevel, CheckResult, CheckRule
from projects.presentation.limits import limit_advice
from projects.presentation.sentences import describe_reason
from scanner.domain.resolution.explain.conflict_text import conflict_text

_RULES = {
    Verdict.BLOCKED: (CheckRule("blocked", "No version of a package installs on a target."), CheckLevel.ERROR),
    Verdict.UPGRADE: (CheckRule("upgrade-needed", "Another version of a package installs."), CheckLevel.WARNING),
    Verdict.HELD_BACK: (CheckRule("held-back", "Only an old version of a package installs."), CheckLevel.WARNING),
    Verdict.UNKNOWN: (CheckRule("not-known", "What decides on a package could not be read."), CheckLevel.WARNING),
}
_CONFLICT = CheckRule("conflicting-requirements", "The requirements contradict each other.")
_LIMIT = CheckRule("target-left-out", "The project or its lock leaves a target out.")


def assessment_results(
    results: Sequence[TargetResult], root: str, changes: Mapping[str, TargetChange] | None = None
) -> list[CheckResult]:
    """Return what an assessment found, one result for packages that stand alike on several targets.

    `root` is the file for what stands at no line. With the changes against a baseline, by target, blockers and
    conflicts are new or not.
    """
    merged: dict[tuple[str, str, str, bool | None], CheckResult] = {}
    for result in results:
        change = changes.get(result.target) if changes is not None else None
        for found in (*_packages(result, root, change), *_conflict(result, root, change), *_limits(result)):
            key = (found.rule.name, found.key, found.text, found.is_new)
            known = merged.get(key)
            merged[key] = replace(known, targets=(*known.targets, *found.targets)) if known is not None else found
    return [_with_targets(one) for one in merged.values()]


def _with_targets(result: CheckResult) -> CheckResult:
    return replace(result, text=f"{', '.join(result.targets)}: {result.text}")


def _packages(result: TargetResult, root: str, change: TargetChange | None) -> Iterator[CheckResult]:
    places = {str(one.name): place for one in result.packages if (place := _written_at(one)) is not None}
    for package in result.packages:
        if package.verdict not in _RULES:
            continue
        rule, level = _RULES[package.verdict]
        advice = advise(package, result.target)
        text = f"{package.name} {package.shown_version}: {describe_reason(package)}. {advice}".strip()
        is_new = None
        if change is not None and package.verdict is Verdict.BLOCKED:
            is_new = package.name in change.new
        yield CheckResult(
            rule,
            level,
            text,
            (_place(package, places) or SourcePlace(root, 0),),
            key=package.name,
            severity=package.severity.value,
            targets=(result.target,),
            is_new=is_new,
        )


def _written_at(package: PackageResult) -> SourcePlace | None:
    source = package.provenance.source
    return SourcePlace(source, package.provenance.line or 0) if source else None


def _place(package: PackageResult, places: Mapping[str, SourcePlace]) -> SourcePlace | None:
    """Return where the project requires the package, or else what brings it."""
    origins = (canonicalize_name(path[0].partition("[")[0]) for path in package.provenance.paths)
    return next((places[name] for name in (package.name, *origins) if name in places), None)


def _conflict(result: TargetResult, root: str, change: TargetChange | None) -> Iterator[CheckResult]:
    if result.conflict is None:
        return
    stated = [SourcePlace(one.source, one.line or 0) for one in result.conflict.lines if one.source]
    is_no_go = result.verdict is ProjectVerdict.NO_GO
    yield CheckResult(
        _CONFLICT,
        CheckLevel.ERROR if is_no_go else CheckLevel.WARNING,
        conflict_text(result.conflict),
        (stated[0] if stated else SourcePlace(root, 0),),
        key="",
        severity=(Severity.CRITICAL if is_no_go else Severity.MODERATE).value,
        targets=(result.target,),
        is_new=change.new_conflict if change is not None and is_no_go else None,
    )


def _limits(result: TargetResult) -> Iterator[CheckResult]:
    for limit in result.plan.limits if result.plan is not None else ():
        place = SourcePlace(limit.path, limit.line or 0)
        yield CheckResult(
            _LIMIT,
            CheckLevel.NOTE,
            limit_advice(limit),
            (place,),
            key=f"{limit.kind.value} {limit.package}",
            severity=Severity.LOW.value,
            targets=(result.target,),
        )
