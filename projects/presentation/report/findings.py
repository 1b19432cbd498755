"""The report's headline, key findings, issues and categories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from projects.domain.assessment.package_result import PackageResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import SEVERITIES, ProjectVerdict, Verdict
from projects.presentation.limits import limit_advice, limits_text
from projects.presentation.report.target import ReportTarget
from projects.presentation.report.values import PackageCategory, ReportedIssue, ReportedPackage
from projects.presentation.sentences import (
    describe_flags,
    describe_reason,
    describe_text,
    describe_waiver,
    expected_error,
)
from projects.presentation.shares import conditional_text
from scanner.domain.matching.availability import Availability
from scanner.domain.phrases import agree, count, join_words, share_of
from scanner.domain.resolution.explain.conflict_text import conflict_lines, ways_out
from scanner.domain.resolution.model.plans import VersionChange

# Verdict or availability, title, meaning, and the verdict that gives the color.
_CATEGORIES = (
    ("blocked", "No version helps", "no release on the index installs there", "blocked"),
    ("upgrade", "Upgrade needed", "not as required, but another version installs", "upgrade"),
    ("held-back", "Held back", "only an old version installs", "upgrade"),
    ("not-judged", "Not judged", "the index cannot tell: it comes from elsewhere", "unknown"),
    ("ignored", "Ignored", "the team decided that it does not count there", "ignored"),
    ("unknown", "Not known", "the index has not answered, or only the sdist could tell", "unknown"),
    (
        "fallback",
        "Without the compiled part",
        "the pure wheel installs; compiled ones are for other targets",
        "degraded",
    ),
    ("source", "Built from source", "no wheel fits; the source is pure Python, or building is allowed", "degraded"),
    ("native", "Compiled wheel", "a wheel for exactly this Python and platform", "ready"),
    ("abi3", "Stable-ABI wheel", "one wheel for this and later Pythons", "ready"),
    ("pure", "Pure Python wheel", "one wheel for every platform", "ready"),
    ("inactive", "Not needed there", "its marker does not hold on this target", "inactive"),
)


def headline(entry: ReportTarget) -> str:
    """Return the answer in one sentence."""
    label, total = entry.target.label, len(entry.needed)
    packages = count(total, "package")
    match entry.result.verdict:
        case ProjectVerdict.GO:
            return f"Ready: all {packages} install on {label} as required today."
        case ProjectVerdict.CONDITIONAL:
            changes = entry.plan.changes
            need = conditional_text(entry.result.counts, entry.names(Verdict.NOT_JUDGED), entry.names(Verdict.IGNORED))
            need = "; ".join(filter(None, (need, limits_text(entry.plan.limits))))
            need = need or "the requirements do not hold together as written"
            own = share_of(len(entry.plan.direct_changes), len(changes))
            with_changes = f"{count(len(changes), 'change')}, {own} in the project's own files"
            plan = f"; a plan with {with_changes}, clears all" if changes else ""
            if need.startswith("ready except"):
                return f"{need[:1].upper()}{need[1:]}, on {label}{plan}."
            return f"Ready after changes: on {label}, {need}{plan}."
        case ProjectVerdict.NO_GO:
            stuck = entry.names(Verdict.BLOCKED)
            if stuck:
                return f"Not yet: on {label} no version of {join_words(stuck, 'or')} installs."
            return f"Not yet: the requirements contradict each other on {label}."
    return f"Not known: data about some of the {packages} on {label} is missing."


def findings(entry: ReportTarget) -> tuple[str, ...]:
    """Return what a reader must know, most important first."""
    return tuple(_findings(entry)) or ("No problem was found.",)


def _findings(entry: ReportTarget) -> Iterator[str]:
    packages, plan = entry.needed, entry.plan
    if entry.result.conflict is not None:
        lines = conflict_lines(entry.result.conflict, lambda _: "")
        yield f"The requirements contradict each other. {' '.join(lines)}"
        yield from ways_out(entry.result.conflict)
    for package in packages:
        if package.verdict is Verdict.BLOCKED:
            yield f"{_why_blocked(package)}: {_what_helps(package, plan)}."
    yield from map(limit_advice, plan.limits)
    upgrades = entry.names(Verdict.UPGRADE)
    if upgrades:
        share = f"{len(upgrades)} of {count(len(packages), 'package')} {agree(len(upgrades), 'does', 'do')}"
        yield f"{share} not install on this target in the version in use: {join_words(upgrades)}."
    for package in packages:
        if package.verdict in (Verdict.UPGRADE, Verdict.BLOCKED) and package.provenance.direct is False:
            yield f"{package.name} is not in the requirements; it is required by {dependency_path(package)}."
    if plan.feasible:
        majors = [change.name for change in plan.major_changes if change.direct]
        step = f"{join_words(majors)} {agree(len(majors), 'takes', 'take')} a major step." if majors else ""
        yield (
            f"The plan changes {count(len(plan.direct_changes), 'requirement')} in the files. "
            f"{step or 'None is a major step.'}"
        )
    yield from _not_ready(entry)
    slower = [package.name for package in packages if package.availability is Availability.FALLBACK]
    if slower:
        parts = agree(len(slower), "installs without its compiled part", "install without their compiled parts")
        yield f"{join_words(slower)} {parts}: measure the speed."
    built = [
        package.name
        for package in packages
        if package.verdict is Verdict.DEGRADED and package.availability is Availability.SOURCE
    ]
    if built:
        yield f"Built from source: {join_words(built)}."
    if yanked := entry.yanked():
        yield f"{join_words(yanked)} {agree(len(yanked), 'was', 'were')} withdrawn by the maintainers (yanked)."
    yield from (f"{name}: {flag}." for name, flag in entry.flags())
    gone = [f"{package.name} is {package.package_status}" for package in packages if package.package_status != "active"]
    if gone:
        yield f"On the index, {join_words(gone)}."


def _what_helps(package: PackageResult, plan: UpgradePlan) -> str:
    """Return what becomes of a package without a version that installs as required."""
    if not plan.feasible:
        return "only a new release can help"
    version = plan.pins.get(package.name)
    return "the plan does without it" if version is None else f"the plan takes {version}"


def _not_ready(entry: ReportTarget) -> Iterator[str]:
    if held := entry.names(Verdict.HELD_BACK):
        yield f"{join_words(held)} {agree(len(held), 'installs', 'install')} only in an old version."
    if not_judged := entry.names(Verdict.NOT_JUDGED):
        yield f"{join_words(not_judged)} {agree(len(not_judged), 'is', 'are')} not judged."
    yield from (f"{one.name}: {describe_waiver(one.waiver)}." for one in entry.needed if one.waiver is not None)


def issues(entry: ReportTarget) -> tuple[ReportedIssue, ...]:
    """Return the packages that do not install as required, worst first."""
    found = [package for package in entry.needed if not package.verdict.installs]
    found.sort(key=lambda one: (-SEVERITIES.index(one.severity), one.provenance.direct is False, one.name))
    direct = {str(change.name): change for change in entry.plan.direct_changes}
    return tuple(_issue(package, direct) for package in found)


def _issue(package: PackageResult, direct: Mapping[str, VersionChange]) -> ReportedIssue:
    first, provenance = package.first_available, package.provenance
    roots = [path[0].partition("[")[0] for path in provenance.paths] if provenance.direct is False else [package.name]
    cause = next((direct[root] for root in roots if root in direct), None)
    return ReportedIssue(
        name=package.name,
        version=package.shown_version,
        severity=package.severity,
        verdict=package.verdict,
        reason=describe_reason(package),
        arrives=dependency_path(package),
        error=expected_error(package) or "",
        clears=f"{first.version} of {_day(first.uploaded_at)} ({first.file})" if first else "",
        diff=f"-{cause.name}=={cause.before}\n+{cause.name}=={cause.after}" if cause else "",
    )


def categories(entry: ReportTarget) -> tuple[PackageCategory, ...]:
    """Return every package once, by what the index offers, those that need work first; empty kinds are left out."""
    by_kind: dict[str, list[ReportedPackage]] = {}
    for package in sorted(entry.result.packages, key=lambda one: one.name):
        installs = package.verdict.installs
        kind = package.availability.value if installs else package.verdict.value
        by_kind.setdefault(kind, []).append(_package(package, entry.result.target))
    return tuple(
        PackageCategory(title, meaning, look, tuple(by_kind[kind]))
        for kind, title, meaning, look in _CATEGORIES
        if kind in by_kind
    )


def dependency_path(package: PackageResult) -> str:
    """Return the shortest path to a package, "fastapi → pydantic"; "as written" for one that the files name."""
    path = package.provenance.shortest_path
    return " → ".join(path) if package.provenance.direct is False and path else "as written"


def _package(package: PackageResult, target: str) -> ReportedPackage:
    flags = describe_flags(package, target)
    return ReportedPackage(
        name=package.name,
        version=package.version or package.provenance.specifier,
        direct=package.provenance.direct,
        file=package.file or "",
        uploaded=_day(package.uploaded_at),
        reason=describe_reason(package),
        flags=("yanked", *flags) if package.yanked else flags,
    )


def _day(moment: datetime | None) -> str:
    return moment.date().isoformat() if moment is not None else "unknown date"


def _why_blocked(package: PackageResult) -> str:
    """Return what the newest version lacks, where it is not the one in use."""
    newest = package.newest_mismatch
    if newest is not None and newest.version != package.version:
        return f"{package.name} {newest.version}: {describe_text(newest.reason)}"
    return f"{package.name}: {describe_reason(package)}"
