"""The report's headline, key findings, issues and categories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from projects.domain.assessment.upgrade_plan import PlannedChange
from projects.domain.assessment.verdicts import SEVERITIES, ProjectVerdict
from projects.presentation.report.target import PackageRow, ReportTarget
from projects.presentation.report.values import PackageCategory, ReportedIssue, ReportedPackage
from scanner.domain.phrases import agree, count, join_words

# Verdict or availability, title, meaning, and the verdict that gives the color.
_CATEGORIES = (
    ("blocked", "No version helps", "no release on the index installs there", "blocked"),
    ("upgrade", "Upgrade needed", "not as required, but another version installs", "upgrade"),
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
    match entry.verdict:
        case ProjectVerdict.GO:
            return f"Go: all {packages} install on {label} as required today."
        case ProjectVerdict.CONDITIONAL:
            upgrades, changes = len(entry.names("upgrade")), entry.plan.changes
            need = f"{upgrades} of {packages} {agree(upgrades, 'needs', 'need')} an upgrade"
            if not upgrades:
                need = "the requirements do not hold together as written"
            own = f"{len(entry.plan.direct_changes)} of them in the project's own files"
            plan = f"; a plan with {count(len(changes), 'change')}, {own}, clears all" if changes else ""
            return f"Conditional go: on {label}, {need}{plan}."
        case ProjectVerdict.NO_GO:
            stuck = entry.names("blocked")
            if stuck:
                return f"No go yet: on {label} no version of {join_words(stuck, 'or')} installs."
            return f"No go: the requirements contradict each other on {label}."
    return f"Not known: data about some of the {packages} on {label} is missing."


def findings(entry: ReportTarget) -> tuple[str, ...]:
    """Return what a reader must know, most important first."""
    return tuple(_findings(entry)) or ("No problem was found.",)


def _findings(entry: ReportTarget) -> Iterator[str]:
    rows, plan = entry.needed, entry.plan
    if entry.conflict:
        yield f"The requirements contradict each other: {entry.conflict}"
    for row in rows:
        if row["verdict"] == "blocked":
            yield f"{_why_blocked(row)}: only a new release can help."
    upgrades = entry.names("upgrade")
    if upgrades:
        share = f"{len(upgrades)} of {count(len(rows), 'package')} {agree(len(upgrades), 'does', 'do')}"
        yield f"{share} not install on this target in the version in use: {join_words(upgrades)}."
    for row in rows:
        if row["verdict"] in ("upgrade", "blocked") and row["direct"] is False:
            yield f"{row['name']} is not in the requirements; it is required by {dependency_path(row)}."
    if plan.feasible:
        majors = [change.name for change in plan.major_changes if change.direct]
        step = f"{join_words(majors)} {agree(len(majors), 'takes', 'take')} a major step." if majors else ""
        yield (
            f"The plan changes {count(len(plan.direct_changes), 'requirement')} in the files. "
            f"{step or 'None is a major step.'}"
        )
    slower = [row["name"] for row in rows if row["availability"] == "fallback"]
    if slower:
        parts = agree(len(slower), "installs without its compiled part", "install without their compiled parts")
        yield f"{join_words(slower)} {parts}, which has no wheel there: measure the speed."
    built = [row["name"] for row in rows if row["verdict"] == "degraded" and row["availability"] == "source"]
    if built:
        yield f"Built from source: {join_words(built)}."
    if yanked := entry.yanked():
        yield f"{join_words(yanked)} {agree(len(yanked), 'was', 'were')} withdrawn by the maintainers (yanked)."
    yield from (f"{name}: {flag}." for name, flag in entry.flags())
    gone = [f"{row['name']} is {row['status']}" for row in rows if row.get("status", "active") != "active"]
    if gone:
        yield f"On the index, {join_words(gone)}."


def issues(entry: ReportTarget) -> tuple[ReportedIssue, ...]:
    """Return the packages that do not install as required, worst first."""
    rows = [row for row in entry.packages if row["verdict"] in ("upgrade", "blocked", "unknown")]
    rows.sort(key=lambda row: (-SEVERITIES.index(row["severity"]), row["direct"] is False, row["name"]))
    direct = {change.name: change for change in entry.plan.direct_changes}
    return tuple(_issue(row, direct) for row in rows)


def _issue(row: PackageRow, direct: Mapping[str, PlannedChange]) -> ReportedIssue:
    first = row["first_available"]
    roots = [path[0].partition("[")[0] for path in row["paths"]] if row["direct"] is False else [row["name"]]
    cause = next((direct[root] for root in roots if root in direct), None)
    return ReportedIssue(
        name=row["name"],
        version=row["version"] or row["specifier"] or "any version",
        severity=row["severity"],
        verdict=row["verdict"],
        reason=row["reason"],
        arrives=dependency_path(row),
        error=row["error"] or "",
        clears=f"{first['version']} of {_day(first['uploaded_at'])} ({first['file']})" if first else "",
        diff=f"-{cause.name}=={cause.before}\n+{cause.name}=={cause.after}" if cause else "",
    )


def categories(entry: ReportTarget) -> tuple[PackageCategory, ...]:
    """Return every package once, by what the index offers, those that need work first; empty kinds are left out."""
    by_kind: dict[str, list[ReportedPackage]] = {}
    for row in entry.packages:
        kind = row["availability"] if row["verdict"] in ("ready", "degraded") else row["verdict"]
        by_kind.setdefault(kind, []).append(_package(row))
    return tuple(
        PackageCategory(title, meaning, look, tuple(sorted(by_kind[kind], key=lambda package: package.name)))
        for kind, title, meaning, look in _CATEGORIES
        if kind in by_kind
    )


def dependency_path(row: PackageRow) -> str:
    """Return the shortest path to a package, "fastapi → pydantic"; "as written" for one that the files name."""
    if row["direct"] is not False or not row["paths"]:
        return "as written"
    shortest: Sequence[str] = min(row["paths"], key=len)
    return " → ".join(shortest)


def _package(row: PackageRow) -> ReportedPackage:
    return ReportedPackage(
        name=row["name"],
        version=row["version"] or row["specifier"] or "",
        direct=row["direct"],
        file=row["file"] or "",
        uploaded=_day(row["uploaded_at"]),
        reason=row["reason"],
        flags=(*(("yanked",) if row["yanked"] else ()), *row.get("flags", ())),
    )


def _day(stamp: str | None) -> str:
    return stamp[:10] if stamp else "unknown date"


def _why_blocked(row: PackageRow) -> str:
    """Return what the newest version lacks, where it is not the one in use."""
    newest = row.get("newest")
    if newest and newest["version"] != row["version"]:
        return f"{row['name']} {newest['version']}: {newest['reason']}"
    return f"{row['name']}: {row['reason']}"
