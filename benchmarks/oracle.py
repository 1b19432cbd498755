"""Compare verdicts and plans with uv's: `python -m benchmarks.oracle [--cases FOLDER…] [--targets SLUG…] [--record]`.

Requirement files and locked projects on many targets, wheels only (`assess --source never`):

1. As written, `go` exactly when uv finds a set, or installs the pins of a lock; loosened, a plan (or `go`) exactly when
   uv finds one.
2. Every set of ours installs: `uv pip install --dry-run --no-deps` accepts the pins, and `benchmarks.pin_check` agrees;
   of a lock's plan uv finds that the pins hold together.
3. A minimal plan moves no more of the project's own requirements than uv's `--resolution lowest-direct` from the
   versions in use.
4. Taking back any single change leaves no set: uv finds none with the other pins of the plan.

3 and 4 are left out for locks, whose plans keep the versions in use, and 4 with `--quick`.

The index is the replay index over loopback. With `--record` it records what the cases need of the real index, into the
folder that WHEELWAY_RECORDINGS names; its pages announce no digests of metadata, so only a run without it compares
releases whose wheels differ. uv knows no free-threaded builds, so only `pin_check` judges those; where it
answers another question, `uv_rules` says which. Every difference is printed, and the processor time that assessing
took; the exit status is 1 if there is a difference.
"""

import argparse
import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from benchmarks.oracle_cases import Case, found_cases, loosened, pins_on
from benchmarks.oracle_tally import Tally
from benchmarks.pin_check import faults_of, forget, unlisted
from benchmarks.uv_rules import broken_in, excluded_of, held_to, runnable_set
from benchmarks.uv_side import Uv, UvTarget, uv_target
from scanner.domain.targets.target import Target, parse_target
from scanner.index.default_index import default_index_url
from tests.replay import ReplayIndex
from tests.replay.record_on_demand import RecordingIndex
from tests.scanner.domain.resolution.stub_wheels import find_uv

ROOT = Path(__file__).parents[1]
CASES = ROOT.parent / "shared" / "cases"
DATA = ROOT / "tests" / "data"
PLATFORMS = (
    *("manylinux_2_28_x86_64", "manylinux_2_28_aarch64", "musllinux_1_2_x86_64"),
    *("macosx_14_0_arm64", "win_amd64", "win_arm64"),
)
PYTHONS = ("cp39", "cp310", "cp311", "cp312", "cp313", "cp314", "cp315", "cp313t", "cp314t", "cp315t")
T60 = tuple(f"{python}-{platform}" for python in PYTHONS for platform in PLATFORMS)


def assess(case: Case, slugs: Sequence[str], index_url: str, data: Path) -> dict[str, Any]:
    """Return the document of `manage.py assess`, run in its own process."""
    targets = [option for slug in slugs for option in ("--target", slug)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "manage.py", "assess", *map(str, case.paths), *targets, "--source", "never",
         "--no-default-groups", "--format", "json", "--index-url", index_url, "--fail-on", "never"],
        cwd=ROOT, env={**environment, "WHEELWAY_DATA": str(data)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def compare(case: Case, entry: Mapping[str, Any], uv: Uv, folder: Path, tally: Tally, *, quick: bool) -> None:
    """Compare everything about one case on one target."""
    target = parse_target(entry["target"])
    where = f"{case.name} on {target.slug}"
    theirs = uv_target(target)
    plan = entry["plan"]
    goes = entry["verdict"] == "go" or _goes_as_written(entry)
    feasible = goes or bool(plan and plan["feasible"])
    if entry["verdict"] == "unknown":
        unseen = [f"{row['name']}: {row['reason']}" for row in entry["packages"] if row["verdict"] == "unknown"]
        unseen += [plan["reason"]] if plan and plan["reason"] else []
        tally.add("known", f"{where}: data is missing ({'; '.join(unseen[:5])})")
        return
    pins = pins_of(entry)
    if feasible and not case.is_locked:
        requirements = case.requirements if goes else [loosened(one) for one in case.requirements]
        faults = _faults(pins, requirements, target)
        tally.add("set holds by pin_check", f"{where}: {'; '.join(faults)}" if faults else None)
        for change in plan["changes"] if plan is not None else ():
            holds = not _faults({**pins, change["name"]: change["from"]}, requirements, target)
            tally.add("taken back, by pin_check", f"{where}: holds with {change['name']} as before" if holds else None)
    if theirs is None:
        return
    set_of = partial(runnable_set, uv, theirs=theirs, target=target, folder=folder, asked=case.requirements)
    installs = partial(_installs_lock, case, uv, theirs, target)
    tally.compare("as written", where, goes, installs if case.is_locked else lambda: set_of(case.written) is not None)
    tally.compare("loosened", where, feasible, lambda: set_of(case.loose) is not None)
    if not feasible:
        return
    said = uv.installs([f"{name}=={version}" for name, version in pins.items()], theirs)
    tally.add("uv installs the set", f"{where}: {said}" if said else None)
    if case.is_locked and plan is not None:
        together = uv.holds_together(pins, theirs, folder)
        tally.add("set holds by uv", f"{where}: the pins contradict each other" if not together else None)
    if plan is None or case.is_locked:
        return
    _compare_moves(case, entry, uv, folder, tally)
    for change in () if quick else plan["changes"]:
        alone = {**pins, change["name"]: change["from"]}
        try:
            found = held_to(case, alone, "==", uv, target, folder)
        except (subprocess.TimeoutExpired, RuntimeError):
            # As above.
            tally.counts["taken back: uv gave no answer"] += 1
            continue
        # A set that needs a package more is another plan, not this one with a change taken back.
        other = found is not None and bool(found.keys() - alone.keys())
        tally.counts["taken back, by uv: only with a package more"] += other
        holds = found is not None and not other
        tally.add("taken back, by uv", f"{where}: holds with {change['name']} as before" if holds else None)


def _compare_moves(case: Case, entry: Mapping[str, Any], uv: Uv, folder: Path, tally: Tally) -> None:
    """Compare how many of the project's requirements move with uv's lowest set that runs."""
    target = parse_target(entry["target"])
    in_use = {row["name"]: row["version"] for row in entry["packages"] if row["direct"] and row["version"]}
    try:
        # A set that goes back to much older releases needs fewer edits, and is no upgrade.
        lowest = held_to(case, in_use, ">=", uv, target, folder, resolution="lowest-direct")
    except (subprocess.TimeoutExpired, RuntimeError):
        # It searches among releases whose metadata is not recorded, or for too long.
        tally.counts["requirements moved: uv gave no answer"] += 1
        return
    if lowest is None:
        tally.counts["requirements moved: uv finds no set from the versions in use"] += 1
        return
    mine, others = moved(case, pins_of(entry)), moved(case, lowest)
    more = len(mine) > len(others)
    tally.add("requirements moved", f"{case.name} on {target.slug}: {mine} where uv moves {others}" if more else None)


def _faults(pins: Mapping[str, str], requirements: Sequence[Requirement], target: Target) -> list[str]:
    """Return why a set does not hold, or does not run."""
    chosen = {name: Version(text) for name, text in pins.items()}
    return [*faults_of(chosen, requirements, target), *broken_in(chosen, target)]


def _installs_lock(case: Case, uv: Uv, theirs: UvTarget, target: Target) -> bool:
    """Return whether uv installs the pins, and they run. A dry run compares no digests, as an installation does."""
    if not uv.installs_file(case.written, theirs) or unlisted(case.pinned, target):
        return False
    return not any(excluded_of(pins_on(case.written, target), target))


def holds_as_written(entry: Mapping[str, Any]) -> bool:
    """Return whether a set exists that satisfies everything as written, however the entry is graded."""
    return entry["verdict"] == "go" or _goes_as_written(entry)


def _goes_as_written(entry: Mapping[str, Any]) -> bool:
    """Return whether only what the index says nothing of keeps an entry from `go`.

    That is the age of a version, the project's own Python, and packages that come from elsewhere.
    """
    accepted = {"ready", "degraded", "inactive", "held-back", "not-judged"}
    held = {row["verdict"] for row in entry["packages"]} <= accepted
    return entry["verdict"] == "conditional" and held and not entry["conflict"] and not entry["blockers"]


def pins_of(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return the set of an entry: as planned, else as written. A held-back package is shown in a newer version."""
    if entry["plan"] is not None and entry["verdict"] != "go":
        return dict(entry["plan"]["pins"])
    skipped = {"inactive", "not-judged"}
    return {row["name"]: row["version"] for row in entry["packages"] if row["verdict"] not in skipped}


def moved(case: Case, pins: Mapping[str, str]) -> list[str]:
    """Return the project's requirements that do not admit their version in the set as written."""
    names = {}
    for one in case.requirements:
        version = pins.get(canonicalize_name(one.name))
        if version is not None and not one.specifier.contains(version, prereleases=True):
            names[canonicalize_name(one.name)] = version
    return [f"{name} {version}" for name, version in names.items()]


@contextlib.contextmanager
def index_at(url: str | None, *, record: bool) -> Iterator[tuple[str, Callable[[], None]]]:
    """Run the replay index, or with `record` one that learns from the real index, unless an index is given.

    Yields its address, and a function that writes what was learned for `pin_check` to read.
    """
    if url is not None:
        yield url, forget
    elif record:
        with RecordingIndex(default_index_url()) as recording:

            def write() -> None:
                recording.write()
                forget()

            try:
                yield recording.url, write
            finally:
                recording.write()
    else:
        with ReplayIndex() as index:
            yield index.url, forget


def _children_seconds() -> float:
    """Return the processor time of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(arguments: Sequence[str]) -> int:
    """Compare everything and print what differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=Path, nargs="+", default=[CASES, DATA / "locked", DATA / "inputs"])
    parser.add_argument("--case", action="append", help="only this one; repeatable")
    parser.add_argument("--targets", nargs="+", default=T60, metavar="SLUG")
    parser.add_argument("--index", help="an index that runs already, instead of the replay index")
    parser.add_argument("--data", type=Path, help="keep what is stored here between runs")
    parser.add_argument("--record", action="store_true", help="record what the replay index lacks from the real one")
    parser.add_argument("--quick", action="store_true", help="take no single changes back")
    options = parser.parse_args(arguments)
    # So that what was recorded is written when a time limit ends the run.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))
    program = find_uv()
    folders = [folder for folder in options.cases if folder.is_dir()]
    if program is None or not folders:
        print("needs uv and a folder of cases")
        return 2
    differences = 0
    with tempfile.TemporaryDirectory() as text, index_at(options.index, record=options.record) as (url, write):
        folder = Path(text)
        uv = Uv(program, url, folder / "uv")
        for path in (path for one in folders for path in found_cases(one)):
            if options.case and path.stem not in options.case:
                continue
            case = Case.read(path, folder, program)
            before = _children_seconds()
            found = assess(case, options.targets, url, options.data or folder / "data")
            for _ in range(3 if options.record else 0):
                if all(entry["verdict"] != "unknown" for entry in found["assessments"]):
                    break
                # What took too long to record is there by now.
                found = assess(case, options.targets, url, Path(tempfile.mkdtemp(dir=folder)))
            spent = _children_seconds() - before
            write()
            tally = Tally()
            each: Callable[[Mapping[str, Any]], None] = partial(
                compare, case, uv=uv.under(case.options), folder=folder, tally=tally, quick=options.quick
            )
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(each, found["assessments"]))
            verdicts = Counter(entry["verdict"] for entry in found["assessments"])
            print(f"{case.name}: {dict(verdicts)}; {dict(sorted(tally.counts.items()))}; {spent:.0f} s to assess")
            for line in sorted(tally.differences):
                print(f"  {line}")
            sys.stdout.flush()
            differences += len(tally.differences)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
