"""The report's key findings, issues and categories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from projects.domain.assessment.package_result import AvailableVersion, PackageResult
from projects.domain.assessment.upgrade_plan import UpgradePlan
from projects.domain.assessment.verdicts import SEVERITIES, Verdict
from projects.presentation.limits import limit_advice
from projects.presentation.reason_clauses import describe_text
from projects.presentation.report.target import ReportTarget
from projects.presentation.report.values import PackageCategory, ReportedIssue, ReportedPackage
from projects.presentation.sentences import describe_flags, describe_reason, describe_waiver, expected_error
from scanner.domain.matching.availability import Availability
from scanner.domain.phrases import join_words
from scanner.domain.resolution.explain.conflict_text import conflict_lines, ways_out
from scanner.domain.resolution.model.plans import VersionChange
from scanner.domain.translation import gettext, ngettext, noop

# Verdict or availability, title, meaning, and the verdict that gives the color.
_CATEGORIES = (
    ("blocked", noop("No version helps"), noop("no release on the index installs there"), "blocked"),
    ("upgrade", noop("Upgrade needed"), noop("not as required, but another version installs"), "upgrade"),
    ("held-back", noop("Held back"), noop("only an old version installs"), "upgrade"),
    ("not-judged", noop("Not judged"), noop("the index cannot tell: it comes from elsewhere"), "unknown"),
    ("ignored", noop("Ignored"), noop("the team decided that it does not count there"), "ignored"),
    ("unknown", noop("Not known"), noop("the index has not answered, or only the sdist could tell"), "unknown"),
    (
        "fallback",
        noop("Without the compiled part"),
        noop("the pure wheel installs; compiled ones are for other targets"),
        "degraded",
    ),
    (
        "source",
        noop("Built from source"),
        noop("no wheel fits; the source is pure Python, or building is allowed"),
        "degraded",
    ),
    ("native", noop("Compiled wheel"), noop("a wheel for exactly this Python and platform"), "ready"),
    ("abi3", noop("Stable-ABI wheel"), noop("one wheel for this and later Pythons"), "ready"),
    ("pure", noop("Pure Python wheel"), noop("one wheel for every platform"), "ready"),
    ("inactive", noop("Not needed there"), noop("its marker does not hold on this target"), "inactive"),
)
_STATUSES = {"archived": noop("archived"), "deprecated": noop("deprecated"), "quarantined": noop("quarantined")}


def findings(entry: ReportTarget) -> tuple[str, ...]:
    """Return what a reader must know, most important first."""
    return tuple(_findings(entry)) or (gettext("No problem was found."),)


def _findings(entry: ReportTarget) -> Iterator[str]:
    packages, plan = entry.needed, entry.plan
    if entry.result.conflict is not None:
        lines = conflict_lines(entry.result.conflict, lambda _: "")
        yield f"{gettext('The requirements contradict each other.')} {' '.join(lines)}"
        yield from ways_out(entry.result.conflict)
    blocked = [package for package in packages if package.verdict is Verdict.BLOCKED]
    reasons: dict[str, str] = {package.name: _why_blocked(package) for package in blocked}
    yield from (f"{reasons[package.name]}: {_what_helps(package, plan)}." for package in blocked)
    yield from map(limit_advice, plan.limits)
    yield from _upgrades(entry)
    for package in packages:
        if package.verdict in (Verdict.UPGRADE, Verdict.BLOCKED) and package.provenance.direct is False:
            text = gettext("{package} is not in the requirements; it is required by {path}.")
            yield text.format(package=package.name, path=dependency_path(package))
    if plan.feasible:
        yield _plan(plan)
    yield from _not_ready(entry)
    yield from _slower(entry)
    if yanked := entry.yanked():
        text = ngettext(
            "{releases} was withdrawn by the maintainers (yanked).",
            "{releases} were withdrawn by the maintainers (yanked).",
            len(yanked),
        )
        yield text.format(releases=join_words(yanked))
    # The reason of a blocked package may contain its flag.
    yield from (f"{name}: {flag}." for name, flag in entry.flags() if flag not in reasons.get(name, ""))
    gone = [_standing(package) for package in packages if package.package_status != "active"]
    if gone:
        yield gettext("On the index, {packages}.").format(packages=join_words(gone))


def _upgrades(entry: ReportTarget) -> Iterator[str]:
    total, upgrades = len(entry.needed), entry.names(Verdict.UPGRADE)
    if upgrades:
        share = ngettext("{count} of {total} package", "{count} of {total} packages", total)
        text = ngettext(
            "{packages} does not install on this target in the version in use: {names}.",
            "{packages} do not install on this target in the version in use: {names}.",
            len(upgrades),
        )
        share = share.format(count=len(upgrades), total=total)
        yield text.format(packages=share, names=join_words(upgrades))


def _plan(plan: UpgradePlan) -> str:
    majors = [change.name for change in plan.major_changes if change.direct]
    step = gettext("None is a major step.")
    if majors:
        step = ngettext("{packages} takes a major step.", "{packages} take a major step.", len(majors))
    written = ngettext(
        "The plan changes {count} requirement in the files.",
        "The plan changes {count} requirements in the files.",
        len(plan.direct_changes),
    )
    return f"{written.format(count=len(plan.direct_changes))} {step.format(packages=join_words(majors))}"


def _slower(entry: ReportTarget) -> Iterator[str]:
    slower = [package.name for package in entry.needed if package.availability is Availability.FALLBACK]
    if slower:
        text = ngettext(
            "{packages} installs without its compiled part: measure the speed.",
            "{packages} install without their compiled parts: measure the speed.",
            len(slower),
        )
        yield text.format(packages=join_words(slower))
    built = [
        package.name
        for package in entry.needed
        if package.verdict is Verdict.DEGRADED and package.availability is Availability.SOURCE
    ]
    if built:
        yield gettext("Built from source: {packages}.").format(packages=join_words(built))


def _standing(package: PackageResult) -> str:
    status = package.package_status
    return gettext("{name} is {status}").format(name=package.name, status=gettext(_STATUSES.get(status, status)))


def _what_helps(package: PackageResult, plan: UpgradePlan) -> str:
    """Return what becomes of a package without a version that installs as required."""
    if not plan.feasible:
        return gettext("only a new release can help")
    version = plan.pins.get(package.name)
    if version is None:
        return gettext("the plan does without it")
    return gettext("the plan takes {version}").format(version=version)


def _not_ready(entry: ReportTarget) -> Iterator[str]:
    if held := entry.names(Verdict.HELD_BACK):
        text = ngettext(
            "{packages} installs only in an old version.", "{packages} install only in an old version.", len(held)
        )
        yield text.format(packages=join_words(held))
    if not_judged := entry.names(Verdict.NOT_JUDGED):
        text = ngettext("{packages} is not judged.", "{packages} are not judged.", len(not_judged))
        yield text.format(packages=join_words(not_judged))
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
        clears=_clears(first) if first is not None else "",
        diff=f"-{cause.name}=={cause.before}\n+{cause.name}=={cause.after}" if cause else "",
    )


def _clears(first: AvailableVersion) -> str:
    text = gettext("{version} of {day} ({file})")
    return text.format(version=first.version, day=_day(first.uploaded_at), file=first.file)


def categories(entry: ReportTarget) -> tuple[PackageCategory, ...]:
    """Return every package once, by what the index offers, those that need work first; empty kinds are left out."""
    by_kind: dict[str, list[ReportedPackage]] = {}
    for package in sorted(entry.result.packages, key=lambda one: one.name):
        installs = package.verdict.installs
        kind = package.availability.value if installs else package.verdict.value
        by_kind.setdefault(kind, []).append(_package(package, entry.result.target))
    return tuple(
        PackageCategory(gettext(title), gettext(meaning), look, tuple(by_kind[kind]))
        for kind, title, meaning, look in _CATEGORIES
        if kind in by_kind
    )


def dependency_path(package: PackageResult) -> str:
    """Return the shortest path to a package, "fastapi → pydantic"; "as written" for one that the files name."""
    path = package.provenance.shortest_path
    return " → ".join(path) if package.provenance.direct is False and path else gettext("as written")


def _package(package: PackageResult, target: str) -> ReportedPackage:
    flags = describe_flags(package, target)
    return ReportedPackage(
        name=package.name,
        version=package.version or package.provenance.specifier,
        direct=package.provenance.direct,
        file=package.file or "",
        uploaded=_day(package.uploaded_at),
        reason=describe_reason(package),
        flags=(gettext("yanked"), *flags) if package.yanked else flags,
    )


def _day(moment: datetime | None) -> str:
    return moment.date().isoformat() if moment is not None else gettext("unknown date")


def _why_blocked(package: PackageResult) -> str:
    """Return what the newest version lacks, where it is not the one in use."""
    newest = package.newest_mismatch
    if newest is not None and newest.version != package.version:
        return f"{package.name} {newest.version}: {describe_text(newest.reason)}"
    return f"{package.name}: {describe_reason(package)}"
