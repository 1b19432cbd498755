"""What the report says about the Python, the platform, the check list and its own date of validity. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from projects.domain.current_runtime import find_current_runtime
from projects.domain.dependency_files.values import RuntimeHint
from projects.presentation.report.values import ChecklistItem, PinnedFile, PythonChange, RemovedModules
from scanner.domain.polling import RELEASE_OPEN_FOR
from scanner.domain.releases.python_changes import PythonVersion, changes_since, removed_since
from scanner.domain.targets.platform_tags import System
from scanner.domain.targets.pythons import PYTHON_BRANCHES
from scanner.domain.targets.runtimes import RUNTIMES
from scanner.domain.targets.target import Target

Entry = Mapping[str, Any]
_COMPILERS = {
    System.GLIBC: "gcc and the Python headers (Debian: build-essential python3-dev)",
    System.MUSL: "gcc, musl-dev and the Python headers (Alpine: build-base python3-dev)",
    System.MACOS: "Apple's command line tools (xcode-select --install)",
    System.WINDOWS: "the Microsoft C++ Build Tools",
}
_LANGUAGES = {
    "Rust": "Rust, by rustup",
    "Cython": "nothing beside the C compiler: Cython comes with the build",
    "Fortran": "a Fortran compiler (gfortran)",
    "C++": "a C++ compiler",
}
# Libraries that a build of the package links with, by the package's own installation notes.
_LIBRARIES = {
    "psycopg2": "libpq and pg_config (Debian: libpq-dev)",
    "psycopg2-binary": "libpq and pg_config (Debian: libpq-dev)",
    "psycopg-c": "libpq and pg_config (Debian: libpq-dev)",
    "mysqlclient": "the MySQL or MariaDB client library and pkg-config (Debian: default-libmysqlclient-dev)",
    "cryptography": "OpenSSL (Debian: libssl-dev)",
    "cffi": "libffi (Debian: libffi-dev)",
    "lxml": "libxml2 and libxslt (Debian: libxml2-dev libxslt1-dev)",
    "pillow": "zlib and libjpeg (Debian: zlib1g-dev libjpeg-dev)",
    "pyyaml": "libyaml for its fast part (Debian: libyaml-dev)",
    "h5py": "HDF5 (Debian: libhdf5-dev)",
    "python-ldap": "OpenLDAP and SASL (Debian: libldap-dev libsasl2-dev)",
    "pyodbc": "unixODBC (Debian: unixodbc-dev)",
}


def todays_python(hints: Iterable[Mapping[str, Any]]) -> PythonVersion | None:
    """The Python that the project's files say it runs on, best guess; None where they say nothing."""
    runtime = find_current_runtime(
        [RuntimeHint(hint["kind"], hint["value"], hint["source"], hint["line"]) for hint in hints]
    )
    return runtime.pythons[0].version if runtime is not None else None


def removed_modules(today: PythonVersion | None, target: Target) -> tuple[RemovedModules, ...]:
    """Standard modules that running code would lose on the way."""
    return tuple(
        RemovedModules(_dotted(module.removed_in), module.name, module.instead, module.source)
        for module in removed_since(today, target.python.version)
    )


def other_changes(today: PythonVersion | None, target: Target) -> tuple[PythonChange, ...]:
    """What else changes on the way."""
    return tuple(
        PythonChange(_dotted(change.python), change.text, change.source)
        for change in changes_since(today, target.python.version)
    )


def end_of_life(target: Target, now: datetime) -> str:
    """How long that Python is looked after, a sentence; "" where nobody says."""
    branch = PYTHON_BRANCHES.get(target.python.version)
    if branch is None or target.python.implementation.value != "cpython":
        return ""
    if branch.released is None:
        return f"Python {target.python.label} is not released yet: this is about {target.python.full_version}."
    if branch.end_of_life is None:
        return ""
    passed = branch.end_of_life < now.date()
    return (
        f"Python {_dotted(target.python.version)} came out on {branch.released}; its security fixes "
        f"{'ended' if passed else 'end'} on {branch.end_of_life}."
    )


def platform_notes(entry: Entry, target: Target) -> tuple[str, ...]:
    """Where the verdict holds, and what a build from source would need there."""
    notes = []
    served = _served(target)
    if served:
        notes.append(f"The verdict holds for {'; '.join(served)}.")
    if target.platform.floor_label:
        floor = target.platform.floor_label
        notes.append(f"It is judged for {floor}: what is newer serves too, what is older may not.")
    if target.python.free_threaded:
        notes.append(
            "This is a free-threaded build: wheels for the usual build never serve it, and a package that does not "
            "declare itself safe switches the lock on again."
        )
    building = [row for row in entry["packages"] if row["availability"] == "source"]
    compiled = [row for row in building if row["detail"] != "pure"]
    if compiled:
        tool = _COMPILERS.get(target.platform.system, "a C compiler")
        notes.append(f"Built as required today, {_names(compiled)} would need {tool}.")
        notes += _special(compiled, on_debian=target.platform.system is System.GLIBC)
    pure = [row for row in building if row["detail"] == "pure"]
    if pure:
        notes.append(f"{_names(pure)}: only source, which is pure Python: no compiler is needed.")
    return tuple(notes)


def _special(rows: Sequence[Mapping[str, Any]], *, on_debian: bool) -> list[str]:
    said = []
    for row in rows:
        wants = [text for language, text in _LANGUAGES.items() if language in _languages(row["detail"])]
        if row["name"] in _LIBRARIES:
            # Debian's names of packages help nobody elsewhere.
            wants.append(_LIBRARIES[row["name"]] if on_debian else _LIBRARIES[row["name"]].partition(" (Debian")[0])
        if wants:
            said.append(f"{row['name']} would also need {', and '.join(wants)}.")
    return said


def _languages(detail: str | None) -> set[str]:
    return {part.strip() for part in (detail or "").partition(":")[2].split(",")}


def _served(target: Target) -> list[str]:
    platform = target.platform
    found = []
    for runtime in RUNTIMES:
        other = runtime.platform
        same = (other.system, other.architecture) == (platform.system, platform.architecture)
        if same and other.floor >= platform.floor:
            found.append(runtime.label.replace("3.X", _dotted(target.python.version)))
    return found


def check_list(
    entry: Entry, target: Target, now: datetime, evidence: Sequence[PinnedFile], removed: Sequence[RemovedModules]
) -> tuple[ChecklistItem, ...]:
    """What to do in order; what the measurement already proves is ticked."""
    plan, rows = entry["plan"], [row for row in entry["packages"] if row["verdict"] != "inactive"]
    works = entry["verdict"] in ("go", "conditional")
    count = len(evidence)
    checks = [
        ChecklistItem(works, "One set of versions holds together on the target",
              f"{count} versions resolved over the whole closure" if works else "see the issues"),
        ChecklistItem(works, "Every version of that set has a file that installs there",
              f"{count} files, listed under evidence" if works else "see the issues"),
    ]  # fmt: skip
    if plan and plan["changes"]:
        direct = [change["name"] for change in plan["changes"] if change["direct"]]
        checks.append(ChecklistItem(False, f"Write the new requirements: {', '.join(direct) or 'the lock alone'}", ""))
    majors = [change["name"] for change in (plan or {}).get("changes", ()) if change["size"] == "major"]
    if majors:
        checks.append(ChecklistItem(False, f"Read the change logs of what takes a major step: {', '.join(majors)}", ""))
    yanked = [f"{row['name']} {row['version']}" for row in rows if row["yanked"]]
    if yanked:
        checks.append(ChecklistItem(False, f"Replace what its maintainers withdrew: {', '.join(yanked)}", ""))
    else:
        checks.append(ChecklistItem(True, "No release in use was withdrawn", "measured"))
    flagged = [row["name"] for row in rows if row.get("flags")]
    if flagged:
        checks.append(
            ChecklistItem(False, f"Look at what the standard library says about {', '.join(flagged)}", "key findings")
        )
    else:
        text = "No package is known to lean on removed modules, or absorbed by the standard library"
        checks.append(ChecklistItem(True, text, "by the table of the tool"))
    if removed:
        names = ", ".join(module.name for module in removed)
        checks.append(ChecklistItem(False, f"Search the project's own code for removed modules: {names}", ""))
    branch = PYTHON_BRANCHES.get(target.python.version)
    if branch is not None and branch.end_of_life is not None:
        checks.append(
            ChecklistItem(
                branch.end_of_life > now.date(), "That Python gets security fixes", f"until {branch.end_of_life}"
            )
        )
    checks.append(ChecklistItem(False, f"Run the project's tests on {target.label}", "the index cannot tell"))
    return tuple(checks)


def validity(
    entry: Entry,
    now: datetime,
    checked_at: datetime | None,
    latest: Iterable[tuple[str, str, datetime]],
    unclosed: Collection[tuple[str, str]] = (),
) -> tuple[str, ...]:
    """How long this can be trusted. `latest` is (package, version, upload) of the releases that the set may rest on,
    `unclosed` are those of an index that closes none.
    """
    said = [f"Everything here was true of the index on {now:%Y-%m-%d %H:%M} UTC."]
    if checked_at is not None and (now - checked_at).total_seconds() > 86_400:
        said.append(f"The oldest answer of the index that it rests on is of {checked_at:%Y-%m-%d}: ask again first.")
    until = {(name, version): at + RELEASE_OPEN_FOR for name, version, at in latest if now - at < RELEASE_OPEN_FOR}
    ends = {key: f"until {end:%Y-%m-%d}" for key, end in until.items()}
    ends.update(dict.fromkeys(unclosed, "at any time: its index closes no release"))
    if ends:
        names = ", ".join(f"{name} {version} ({end})" for (name, version), end in sorted(ends.items()))
        said.append(f"Releases of the set that may still get files: {names}.")
    else:
        said.append("Every release of the set is closed to new files: only new releases or withdrawals change this.")
    if entry["verdict"] in ("no-go", "unknown"):
        said.append("A new release of what stands in the way ends it.")
    else:
        said.append("New releases do not touch the pinned set; look again before the move, and when pins change.")
    return tuple(said)


def _names(rows: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(row["name"] for row in rows)


def _dotted(release: PythonVersion) -> str:
    return f"{release[0]}.{release[1]}"
