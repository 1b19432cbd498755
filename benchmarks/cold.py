"""Compare assessing from an empty store with uv, P10 to P12: `python -m benchmarks.cold [--case NAME…] [--real]`.

The replay index runs in a process of its own and waits 20 ms before each answer, as a near index on the internet does.
With `--real` both sides ask the real index instead, the one that commands ask.

P10     `manage.py assess CASE --source never` on the 36 default targets with an empty store (a database without rows):
        every verdict, every blocker, the plans; against `uv pip compile` once for each of these targets that it knows,
        with one cache that is empty at first: what a user runs to ask whether a file holds there. Both read the
        metadata of what is pinned; uv ends at the first requirement that does not hold
P11     the web set on two targets of a Python that has no wheels yet; against uv on both
P12     from the paste to the first true verdict that the page shows; against the same paste until all is shown

The run checks that uv and the assessment agree on which targets have a set as written. A compiled file is taken as a
lock, so there `uv pip install --no-deps` gives uv's side of this, outside of the time.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from msgspec import Struct

from benchmarks.oracle import CASES, ROOT, holds_as_written
from benchmarks.oracle import assess as assess_case
from benchmarks.oracle_cases import Case
from benchmarks.timing import Seconds, medians, print_head, print_row, seconds
from benchmarks.uv_side import Uv, UvTarget, uv_target
from scanner.domain.targets.catalogue import SAMPLE_TARGETS
from scanner.domain.targets.target import Target, parse_target
from scanner.index.default_index import default_index_url
from tests.scanner.domain.resolution.stub_wheels import find_uv

DELAY = 0.02
NEW_PYTHON = tuple(map(parse_target, ("cp316-win_amd64", "cp316-manylinux_2_28_x86_64")))
FILES = (CASES / "real" / "ml-nine.txt", ROOT / "tests/data/inputs/compiled-250.txt", CASES / "metaguardian.txt")
WEB_SET = CASES / "metaguardian.txt"


class Pair(Struct, frozen=True):
    """The seconds of both sides, and the targets on which they disagree whether a set exists as written."""

    ours: Seconds
    theirs: Seconds
    differences: tuple[str, ...]


@contextmanager
def replayed() -> Iterator[str]:
    """Run the replay index in a process, and provide its address."""
    command = [sys.executable, "-m", "tests.replay", "--delay", str(DELAY)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def answer(ask: Callable[[Path, UvTarget], object], case: Case, target: UvTarget) -> bool | None:
    """Return uv's answer; None where it stops at metadata that was not recorded."""
    try:
        return ask(case.written, target) not in (None, False)
    except RuntimeError:
        return None


class Cold:
    """Both sides, each time from nothing."""

    def __init__(self, uv: str, index_url: str, folder: Path) -> None:
        self._uv, self._index_url, self._folder = uv, index_url, folder
        self._empty = folder / "empty"
        environment = {**os.environ, "WHEELWAY_DATA": str(self._empty)}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, env=environment, check=True)

    def data(self) -> Path:
        """Return a new data directory whose database has no rows."""
        path = Path(tempfile.mkdtemp(dir=self._folder))
        shutil.copytree(self._empty, path, dirs_exist_ok=True)
        return path

    def pair(self, case: Case, targets: Sequence[Target]) -> Pair:
        """Measure both sides once."""
        document: dict[str, Any] = {}
        slugs, data = [target.slug for target in targets], self.data()
        ours = seconds(lambda: document.update(assess_case(case, slugs, self._index_url, data)))
        holds = {one["target"]: holds_as_written(one) for one in document["assessments"]}
        unknown = {one["target"] for one in document["assessments"] if one["verdict"] == "unknown"}
        uv = Uv(self._uv, self._index_url, Path(tempfile.mkdtemp(dir=self._folder)))
        named = {target.slug: there for target in targets if (there := uv_target(target)) is not None}
        answers: dict[str, bool | None] = {}
        theirs = seconds(
            lambda: answers.update((slug, answer(uv.compile, case, there)) for slug, there in named.items())
        )
        if case.is_locked:
            answers = {slug: answer(uv.installs_file, case, there) for slug, there in named.items()}
        differ = [
            f"{slug}: ours {'unknown' if slug in unknown else holds[slug]}, uv's {known}"
            for slug, known in answers.items()
            if known is None or slug in unknown or holds[slug] is not known
        ]
        return Pair(ours, theirs.times(len(targets) / len(named)), tuple(differ))

    def first_verdict(self, case: Case) -> tuple[Seconds, Seconds]:
        """Return the seconds from the paste to the first verdict on the page, and to the last one."""
        command = [sys.executable, "-m", "benchmarks.cold_page", str(case.written)]
        environment = {**os.environ, "WHEELWAY_DATA": str(self.data()), "WHEELWAY_INDEX_URL": self._index_url}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        first, whole = json.loads(done.stdout)
        return Seconds(*first), Seconds(*whole)


def compare(cold: Cold, what: str, case: Case, targets: Sequence[Target], pairs: int, must: float, aim: float) -> None:
    """Print the row of both sides, and where they disagree."""
    found = [cold.pair(case, targets) for _ in range(pairs)]
    print_row(what, medians(one.ours for one in found), medians(one.theirs for one in found), must, aim)
    print_differences(found)


def measure(cold: Cold, case: Case, pairs: int) -> None:
    """Measure P10, P12 and, for the web set, P11."""
    # The replay index renders each page and each file once, which neither side should pay for.
    cold.pair(case, SAMPLE_TARGETS)
    compare(cold, f"P10 {case.name}", case, SAMPLE_TARGETS, pairs, 1.0, 0.3)
    shown = [cold.first_verdict(case) for _ in range(pairs)]
    first, whole = medians(one for one, _ in shown), medians(one for _, one in shown)
    print_row(f"P12 {case.name}, first verdict", first, whole, 0.2, 0.05)
    if case.name == WEB_SET.stem:
        compare(cold, f"P11 {case.name} on cp316, two targets", case, NEW_PYTHON, pairs, 2.0, 1.0)


def print_differences(found: Sequence[Pair]) -> None:
    """Print on which targets the sides disagree."""
    for line in sorted({line for one in found for line in one.differences}):
        print(f"  differ on {line}")


def main(arguments: Sequence[str]) -> int:
    """Measure everything and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--case", action="append", help="only this one; repeatable")
    parser.add_argument("--real", action="store_true", help="ask the real index")
    options = parser.parse_args(arguments)
    uv = find_uv()
    if uv is None or not CASES.is_dir():
        print("needs uv and the folder of cases")
        return 2
    index = nullcontext(default_index_url()) if options.real else replayed()
    with tempfile.TemporaryDirectory() as text, index as index_url:
        folder = Path(text)
        cold = Cold(uv, index_url, folder)
        print_head("from an empty store")
        for path in FILES:
            if not options.case or path.stem in options.case:
                measure(cold, Case.read(path, folder, uv), options.pairs)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
