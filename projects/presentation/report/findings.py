"""The report's sentences: headline, key findings, issues, categories. Pure: rows of design §10 in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from projects.presentation.report.values import PackageCategory, ReportedChange, ReportedIssue, ReportedPackage

Row = Mapping[str, Any]
Entry = Mapping[str, Any]

_KINDS: tuple[tuple[str, str, str, str], ...] = (
    ("blocked", "No version helps", "nothing on the index installs there yet", "blocked"),
    ("upgrade", "Must move", "not as required, but another version installs", "upgrade"),
    ("unknown", "Not known", "the index has not answered, or only its source could tell", "unknown"),
    ("fallback", "Without the fast part", "the plain wheel installs; compiled ones are for other targets", "degraded"),
    ("source", "Built from source", "no wheel fits; the source is pure Python, or building is allowed", "degraded"),
    ("native", "Compiled wheel", "a wheel made for exactly this Python and platform", "ready"),
    ("abi3", "Stable-ABI wheel", "one wheel that serves this and later Pythons", "ready"),
    ("pure", "Pure Python wheel", "one wheel for every platform", "ready"),
    ("inactive", "Not needed there", "its marker does not hold on this target", "inactive"),
)
_SEVERE = ("critical", "high", "moderate", "low", "none")


def headline(entry: Entry, label: str) -> str:
    """The answer in one sentence."""
    total = sum(1 for row in entry["packages"] if row["verdict"] != "inactive")
    moving = len(entry["plan"]["changes"]) if entry["plan"] else len(_names(entry, "upgrade"))
    stuck = _names(entry, "blocked")
    match entry["verdict"]:
        case "go":
            return f"Go: all {total} packages install on {label} as they are required today."
        case "conditional":
            direct = sum(1 for change in entry["plan"]["changes"] if change["direct"]) if entry["plan"] else 0
            must = f"{moving} must move first, {direct} of them in the project's own files, and all of them can"
            return f"Conditional go: {total} packages are needed on {label}; {must}."
        case "no-go" if stuck:
            return f"No go yet: on {label} no version of {_listed(stuck, 'or')} installs."
        case "no-go":
            return f"No go: the requirements cannot hold together on {label}."
    return f"Not known: data about some of the {total} packages on {label} is still missing."


def findings(entry: Entry) -> tuple[str, ...]:
    """What a reader must know, most important first."""
    said: list[str] = []
    rows = [row for row in entry["packages"] if row["verdict"] != "inactive"]
    plan = entry["plan"]
    if entry["conflict"]:
        said.append(f"The requirements contradict each other: {entry['conflict']}")
    moving = _names(entry, "upgrade")
    said += [f"{_why_blocked(row)}: only a new release can help." for row in rows if row["verdict"] == "blocked"]
    if moving:
        share = f"{len(moving)} of {len(rows)} packages"
        said.append(f"{share} have no wheel for this target in the version in use: {_listed(moving)}.")
    indirect = [row for row in rows if row["verdict"] in ("upgrade", "blocked") and row["direct"] is False]
    said += [f"{row['name']} is not in the requirements; it arrives by {arrives(row)}." for row in indirect]
    if plan and plan["feasible"]:
        direct = [change for change in plan["changes"] if change["direct"]]
        majors = [change["name"] for change in direct if change["size"] == "major"]
        step = f" {_listed(majors)} {_takes(majors)} a major step." if majors else " None takes a major step."
        said.append(f"{len(direct)} written requirements must change, no more.{step}")
    slower = [row["name"] for row in rows if row["availability"] == "fallback"]
    if slower:
        verb = "installs" if len(slower) == 1 else "install"
        said.append(f"{_listed(slower)} {verb} without a compiled part, which has no wheel there: measure the speed.")
    built = [row["name"] for row in rows if row["verdict"] == "degraded" and row["availability"] == "source"]
    if built:
        said.append(f"Installed by a build from source: {_listed(built)}.")
    yanked = [f"{row['name']} {row['version']}" for row in rows if row["yanked"]]
    if yanked:
        said.append(f"{_listed(yanked)} {'was' if len(yanked) == 1 else 'were'} withdrawn by the maintainers (yanked).")
    said += [f"{row['name']}: {flag}." for row in rows for flag in row.get("flags", ())]
    gone = [f"{row['name']} is {row['status']}" for row in rows if row.get("status", "active") != "active"]
    if gone:
        said.append(f"On the index, {_listed(gone)}.")
    return tuple(said) or ("Nothing stands in the way.",)


def issues(entry: Entry) -> tuple[ReportedIssue, ...]:
    """What stands in the way, worst first."""
    rows = [row for row in entry["packages"] if row["verdict"] in ("upgrade", "blocked", "unknown")]
    rows.sort(key=lambda row: (_SEVERE.index(row["severity"]), row["direct"] is False, row["name"]))
    changes = {change["name"]: change for change in (entry["plan"] or {}).get("changes", ())}
    return tuple(_issue(row, changes) for row in rows)


def moves(entry: Entry) -> tuple[ReportedChange, ...]:
    """What the plan changes, written requirements first."""
    return tuple(
        ReportedChange(
            change["name"],
            change["from"],
            change["to"],
            change["size"],
            change["direct"],
            change["why"],
        )
        for change in (entry["plan"] or {}).get("changes", ())
    )


def categories(entry: Entry) -> tuple[PackageCategory, ...]:
    """Every package once, by what the index offers, what needs work first; empty kinds are left out."""
    by_kind: dict[str, list[ReportedPackage]] = {}
    for row in entry["packages"]:
        verdict = row["verdict"]
        kind = row["availability"] if verdict in ("ready", "degraded") else verdict
        by_kind.setdefault(kind, []).append(_package(row))
    return tuple(
        PackageCategory(title, meaning, look, tuple(sorted(by_kind[kind], key=lambda package: package.name)))
        for kind, title, meaning, look in _KINDS
        if kind in by_kind
    )


def arrives(row: Row) -> str:
    """ "fastapi → pydantic", the shortest way a package comes into the set; "as written" for what the files name."""
    paths: Sequence[Sequence[str]] = row["paths"]
    if row["direct"] is not False or not paths:
        return "as written"
    lengths = [len(path) for path in paths]
    return " → ".join(paths[lengths.index(min(lengths))])


def _issue(row: Row, changes: Mapping[str, Row]) -> ReportedIssue:
    first = row["first_available"]
    roots = [path[0].partition("[")[0] for path in row["paths"]] if row["direct"] is False else [row["name"]]
    cause = next((changes[root] for root in roots if root in changes and changes[root]["direct"]), None)
    diff = f"-{cause['name']}=={cause['from']}\n+{cause['name']}=={cause['to']}" if cause else ""
    clears = f"{first['version']} of {_day(first['uploaded_at'])} ({first['file']})" if first else ""
    return ReportedIssue(
        name=row["name"],
        version=row["version"] or row["specifier"] or "any version",
        severity=row["severity"],
        verdict=row["verdict"],
        reason=row["reason"],
        arrives=arrives(row),
        error=row["error"] or "",
        clears=clears,
        diff=diff,
    )


def _package(row: Row) -> ReportedPackage:
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


def _names(entry: Entry, verdict: str) -> list[str]:
    return [row["name"] for row in entry["packages"] if row["verdict"] == verdict]


def _why_blocked(row: Row) -> str:
    """What the newest version lacks, where it is not the one in use."""
    newest = row.get("newest")
    if newest and newest["version"] != row["version"]:
        return f"{row['name']} {newest['version']}: {newest['reason']}"
    return f"{row['name']}: {row['reason']}"


def _takes(names: Sequence[str]) -> str:
    return "takes" if len(names) == 1 else "take"


def _listed(names: Iterable[str], word: str = "and") -> str:
    words = list(names)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {word} {words[-1]}"
