"""Compare assessing with uv and pip: `python -m benchmarks.assessing [--pairs 5] [--case NAME…] [--cases FOLDER]`.

Everything is stored before (the replay index over loopback, within the ten minutes for which both sides take a page as
fresh), uv's cache is warm, the two sides take turns in one run, and ratios are of medians.

- pip: one target, this machine's own, against `pip install --dry-run`.
- P1, P2: a new process `manage.py assess CASE --source never --format json` on 42 targets (CPython 3.9 to 3.15 on six
  platforms) with every verdict, every blocker and the minimal plans; against 42 times `uv pip compile`.
- P3: the packages that certainly block, on every target where the sample fails, with reading the database; against uv,
  run again and again with what it names loosened.
- P4: the assessment after one more wheel of a release; against the whole assessment.
"""

import argparse
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.oracle import CASES, PLATFORMS, ROOT
from benchmarks.oracle_cases import Case, loosened
from benchmarks.timing import in_turns, print_head, print_row
from benchmarks.uv_side import Uv, UvTarget, uv_target
from scanner.domain.targets.target import Target, parse_target
from tests.replay import ReplayIndex
from tests.scanner.domain.resolution.stub_wheels import find_uv

T42 = tuple(parse_target(f"cp3{minor}-{platform}") for minor in range(9, 16) for platform in PLATFORMS)
SAMPLE = "spanish-subjunctive"
_NAMED = re.compile(r"([a-z0-9][a-z0-9._-]*)==")


def assess(path: Path, index_url: str, data: Path, on: Sequence[Target] = T42) -> None:
    """Assess a case in a fresh process."""
    targets = [option for target in on for option in ("--target", target.slug)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(
        [sys.executable, "manage.py", "assess", str(path), *targets, "--source", "never", "--format", "json",
         "--index-url", index_url, "--fail-on", "never"],
        cwd=ROOT, env={**environment, "WHEELWAY_DATA": str(data)}, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, check=True,
    )  # fmt: skip


def keep_fresh(data: Path) -> None:
    """Mark every package as polled just now."""
    with sqlite3.connect(data / "wheelway.sqlite3") as database:
        database.execute("UPDATE scanner_package SET checked_at = strftime('%Y-%m-%d %H:%M:%f', 'now')")
    database.close()


def compile_all(uv: Uv, case: Case) -> None:
    """Run uv on each target: one set, or its first error."""
    for target in T42:
        uv.compile(case.written, named(target))


def named(target: Target) -> UvTarget:
    """Return a target of T42 in uv's terms."""
    found = uv_target(target)
    assert found is not None
    return found


def compare_answers(uv: Uv, case: Case, index_url: str, data: Path, pairs: int) -> None:
    """Measure P1 and P2."""

    def ours() -> None:
        assess(case.written, index_url, data)

    def theirs() -> None:
        compile_all(uv, case)

    ours()
    theirs()
    keep_fresh(data)
    number, *goal = ("P1", 1.0, 0.25) if case.name == SAMPLE else ("P2", 1.5, 0.5)
    print_row(f"{number} {case.name} on {len(T42)} targets", *in_turns(pairs, ours, theirs), *goal)


def compare_with_pip(case: Case, index_url: str, folder: Path, pairs: int) -> None:
    """Compare on the one target that pip can judge, this machine's own Python: a set, or its first error."""
    minor = sys.version_info.minor
    here = parse_target(f"cp3{minor}-{PLATFORMS[0]}")
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    environment = {**alone, "PIP_CONFIG_FILE": os.devnull, "PIP_CACHE_DIR": str(folder / "pip")}

    def ours() -> None:
        assess(case.written, index_url, folder / "data", [here])

    def theirs() -> None:
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--only-binary", ":all:",
             "--index-url", index_url, "--no-input", "--disable-pip-version-check", "-r", str(case.written)],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
        )  # fmt: skip

    ours()
    theirs()
    keep_fresh(folder / "data")
    print_row(f"{case.name} on {here.slug}, against pip", *in_turns(pairs, ours, theirs))


def relax_and_rerun(uv: Uv, case: Case, targets: Sequence[Target], folder: Path) -> dict[str, set[str]]:
    """Return, by target, the requirements that uv names one after the other, each loosened before the next run."""
    found: dict[str, set[str]] = {}
    for target in targets:
        asked = list(case.requirements)
        blamed = found.setdefault(target.slug, set())
        path = folder / "rerun.in"
        while True:
            path.write_text("".join(f"{one}\n" for one in asked))
            said = uv.refusal(path, named(target))
            pinned = {one.name: one for one in asked if "==" in str(one.specifier)}
            guilty = next((name for name in _NAMED.findall(said or "") if name in pinned), None)
            if guilty is None:
                break
            blamed.add(guilty)
            asked = [loosened(one) if one.name == guilty else one for one in asked]
    return found


def compare_inside(uv: Uv, case: Case, index: ReplayIndex, folder: Path, pairs: int) -> None:
    """Measure P3 and P4."""
    # Imported here, since setting up Django must not count for the processes that are measured above.
    from benchmarks import assessing_inside as inside

    data = folder / "data"
    assess(case.written, index.url, data)
    inside.prepare(data)
    stuck = inside.failing(case, index.url, T42)
    named = relax_and_rerun(uv, case, stuck, folder)
    ours = inside.blockers_of(case, index.url, stuck)
    differ = [slug for slug in named if inside.roots_of(case, index.url, slug, ours[slug]) != named[slug]]
    for slug in differ:
        print(f"  blockers differ on {slug}: ours {sorted(ours[slug])}, uv names {sorted(named[slug])}")
    mine, theirs = in_turns(
        pairs,
        lambda: inside.blockers_of(case, index.url, stuck),
        lambda: relax_and_rerun(uv, case, stuck, folder),
    )
    print_row(f"P3 blockers on {len(stuck)} failing targets", mine, theirs, 1 / 50, 1 / 500)
    again, whole, equal = inside.after_events(case, index, T42, pairs)
    print_row("P4 answer after one more wheel", again, whole, 0.1, 0.02)
    if not equal:
        print("  P4 differs from a whole assessment")


def main(arguments: Sequence[str]) -> int:
    """Measure everything and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument("--case", action="append", help="only this one; repeatable")
    options = parser.parse_args(arguments)
    program = find_uv()
    if program is None or not options.cases.is_dir():
        print("needs uv and a folder of cases")
        return 2
    with tempfile.TemporaryDirectory() as text, ReplayIndex() as index:
        folder = Path(text)
        uv = Uv(program, index.url, folder / "uv")
        print_head("all stored")
        for path in sorted(options.cases.glob("*.txt")):
            if not options.case or path.stem in options.case:
                compare_answers(uv, Case.read(path, folder), index.url, folder / "data", options.pairs)
        if not options.case or SAMPLE in options.case:
            case = Case.read(options.cases / f"{SAMPLE}.txt", folder)
            compare_with_pip(case, index.url, folder, options.pairs)
            compare_inside(uv, case, index, folder, options.pairs)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
