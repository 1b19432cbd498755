"""Compare the resolver with uv: `python -m benchmarks.resolver [--pairs 5] [--seeds 100] [--cases FOLDER]`.

Ratios are of medians, with the two sides taking turns in one run, so that they can be compared between machines. Each
table says what it compares. If the answers disagree, that is printed and no ratio. uv's times include starting its
process, as its users pay for it; its cache is warm and it never fetches a Python.
"""

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from packaging.specifiers import SpecifierSet

from scanner.domain.resolution.closure import Closure, closure
from scanner.domain.resolution.model.cache import ResolutionCache
from scanner.domain.resolution.model.outcomes import Resolution
from scanner.domain.resolution.model.policy import BuildPolicy, SourcePolicy
from scanner.domain.resolution.model.requirement import Requirement, read_requirement
from scanner.domain.resolution.model.root_requirements import RootRequirements
from scanner.domain.resolution.plan import plan
from scanner.domain.resolution.upgrade import Strategy, Upgrade
from scanner.domain.targets.target import Target, parse_target
from tests.scanner.domain.resolution.random_index import random_index
from tests.scanner.domain.resolution.recorded_index import RecordedSource
from tests.scanner.domain.resolution.resolving import resolve
from tests.scanner.domain.resolution.sliding_chain import sliding_chain
from tests.scanner.domain.resolution.small_index import LINUX, SmallIndex, SmallSource, provider, root_requirements
from tests.scanner.domain.resolution.stub_wheels import find_uv, uv_compile, write_wheels

WHEELS_ONLY = BuildPolicy(source=SourcePolicy.NEVER)
PLATFORMS = (
    "manylinux_2_28_x86_64",
    "manylinux_2_28_aarch64",
    "musllinux_1_2_x86_64",
    "macosx_14_0_arm64",
    "win_amd64",
    "win_arm64",
)
UV_PATIENCE = 20
T42 = tuple(parse_target(f"cp3{minor}-{platform}") for minor in range(9, 16) for platform in PLATFORMS)


def seconds(work: Callable[[], object]) -> float:
    """Return how long one run takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def in_turns(pairs: int, ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float]:
    """Return the medians of both sides, taking turns."""
    measured = [(seconds(ours), seconds(theirs)) for _ in range(pairs)]
    return statistics.median(a for a, _ in measured), statistics.median(b for _, b in measured)


def print_row(what: str, ours: float, theirs: float) -> None:
    """Print one line of a table."""
    print(f"{what:<44} {ours * 1e3:10.1f} {theirs * 1e3:10.1f} {ours / theirs:8.2f}")


def compare_sets_of_versions() -> None:
    """Compare one intersection of version ranges with one of integers."""
    left = SpecifierSet(">=1.2,<3").to_range()
    right = SpecifierSet(">=2.2,!=2.5,<4").to_range()
    many, few = (1 << 300) - 1, ~(1 << 200)
    count = 20_000
    ranges = seconds(lambda: [left.intersection(right) for _ in range(count)]) / count
    integers = seconds(lambda: [many & few for _ in range(count)]) / count
    print(f"one intersection: VersionRange {ranges * 1e6:.2f} us, int {integers * 1e6:.3f} us\n")


def compare_chains(uv: str, pairs: int) -> None:
    """Compare chains of 150 packages of 60 releases with sliding ranges, solvable and not, each from an empty cache."""
    print(f"{'chain of 150 packages x 60 releases':<44} {'ours ms':>10} {'uv ms':>10} {'ratio':>8}")
    for what, solvable in (("it holds", True), ("it cannot hold", False)):
        index = sliding_chain(solvable=solvable)
        ours = partial(resolve_small, index, ["p0"])
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as cache:
            write_wheels(index, Path(folder))
            theirs = partial(uv_compile, uv, Path(folder), ["p0"], Path(cache), patience=UV_PATIENCE)
            try:
                their_verdict = theirs() is not None
            except subprocess.TimeoutExpired:
                print(f"{what:<44} {seconds(ours) * 1e3:10.1f}   uv gave no answer in {UV_PATIENCE} s")
                continue
            if isinstance(ours(), Resolution) is not their_verdict:
                print(f"{what:<44} DISAGREE: uv finds {'a set' if their_verdict else 'none'}")
                continue
            print_row(what, *in_turns(pairs, ours, theirs))
    print()


def resolve_small(index: SmallIndex, roots: Sequence[str]) -> object:
    """Resolve once, with an empty cache."""
    return resolve(provider(index, root_requirements(*roots), LINUX, WHEELS_ONLY))


def compare_verdicts(uv: str, seeds: int) -> None:
    """Compare verdicts as written and loosened on random indexes, and the number of requirements that move."""
    differ = more = feasible = 0
    with tempfile.TemporaryDirectory() as cache:
        for seed in range(seeds):
            rng = random.Random(seed)
            index = random_index(rng)
            pins = {name: rng.choice(list(index[name])[:3]) for name in list(index)[: rng.randint(2, 5)]}
            roots = root_requirements(*(f"{name}=={version}" for name, version in pins.items()))
            shared = ResolutionCache(SmallSource(index))
            today = closure(shared, LINUX, roots, WHEELS_ONLY)
            made = plan(Upgrade(shared, [LINUX], roots, WHEELS_ONLY, today.pins, Strategy.MINIMAL))
            with tempfile.TemporaryDirectory() as folder:
                write_wheels(index, Path(folder))
                exact = [f"{name}=={version}" for name, version in pins.items()]
                written = uv_compile(uv, Path(folder), exact, Path(cache))
                loose = [text.replace("==", ">=") for text in exact]
                lowest = uv_compile(uv, Path(folder), loose, Path(cache), resolution="lowest-direct")
            differ += (today.holds is not (written is not None)) + (made.feasible is not (lowest is not None))
            if lowest is not None:
                feasible += 1
                moved = sum(lowest[name] != version for name, version in pins.items())
                more += len(made.direct_changes) > moved
    print(f"{seeds} random indexes, {feasible} with a loosened set: {differ} verdicts differ from uv's,")
    print(f"  {more} minimal plans move more requirements than uv's lowest-direct\n")


def read_case(path: Path) -> RootRequirements:
    """Read a requirements file of plain lines."""
    lines = (line.partition(" #")[0].strip() for line in path.read_text().splitlines())
    read = [read_requirement(line) for line in lines if line and not line.startswith("#")]
    return RootRequirements(tuple(one for one in read if isinstance(one, Requirement)))


def answer_all(source: RecordedSource, roots: RootRequirements, targets: Sequence[Target]) -> Mapping[Target, Closure]:
    """Return every closure with all blockers, and make a minimal plan where nothing holds."""
    cache = ResolutionCache(source)
    found = {}
    for target in targets:
        found[target] = closure(cache, target, roots, WHEELS_ONLY)
        if not found[target].holds and not found[target].missing:
            plan(Upgrade(cache, [target], roots, WHEELS_ONLY, found[target].pins))
    return found


def time_recorded_cases(folder: Path, pairs: int) -> None:
    """Time the recorded cases on 42 targets: all closures, blockers and minimal plans, from parsed pages in memory.

    uv is not run on them: it needs an index that serves all metadata.
    """
    print(f"{'recorded case, 42 targets':<44} {'ms':>10} {'hold':>6} {'blocked':>8} {'unknown':>8}")
    for path in sorted(folder.glob("*.txt")):
        roots = read_case(path)
        source = RecordedSource(T42)
        found = answer_all(source, roots, T42)
        took = statistics.median(seconds(partial(answer_all, source, roots, T42)) for _ in range(pairs))
        holds = sum(one.holds for one in found.values())
        unknown = sum(bool(one.missing) for one in found.values())
        print(f"{path.stem:<44} {took * 1e3:10.1f} {holds:6} {len(found) - holds - unknown:8} {unknown:8}")


def main(arguments: Sequence[str]) -> int:
    """Run everything that can be run here."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--cases", type=Path, default=Path(__file__).parents[2] / "shared" / "cases")
    options = parser.parse_args(arguments)
    compare_sets_of_versions()
    uv = find_uv()
    if uv is None:
        print("uv: not installed, nothing to compare with\n")
    else:
        compare_chains(uv, options.pairs)
        compare_verdicts(uv, options.seeds)
    if options.cases.is_dir():
        time_recorded_cases(options.cases, options.pairs)
    else:
        print(f"no folder of cases at {options.cases}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
