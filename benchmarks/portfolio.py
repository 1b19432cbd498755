"""Compare re-assessing a portfolio with one of its projects, P13: `python -m benchmarks.portfolio [--projects 1000]`.

On SQLite, in one process as a worker is, over a made-up index of 200 packages of 4 releases, two of five with wheels
for particular platforms, each release requiring up to two other packages:

- The portfolio: each project requires 6 to 12 packages, half of them pinned to their newest release, on four targets.
  `--different` such sets are drawn by a fixed seed (default: a fifth of the projects), and each is stored equally
  often, as services that start from one template are. All are assessed; everything is stored.
- The move: each of 50 packages gets one more wheel or one more release, and is polled.
- Ours: finding out which projects are outdated, and assessing each of them, from its stored files to its stored
  results.
- Against: assessing one project so in a process that has nothing in memory (the median of ten), times all projects.

`affected` is how many projects rest on a package that moved; the others cost only the question. The run checks that
the results of ten projects equal those of an assessment from nothing.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.oracle import ROOT
from benchmarks.timing import Seconds, medians, print_head, print_row
from tests.replay import ReplayFile, ReplayIndex, a_file

TARGETS = ("cp313-manylinux_2_28_x86_64", "cp314-manylinux_2_28_x86_64", "cp314-win_amd64", "cp314-macosx_14_0_arm64")
PACKAGES, RELEASES, MOVED, SEED = 200, 4, 50, 13
BUILDS = ("manylinux_2_17_x86_64", "win_amd64", "macosx_11_0_arm64")


def name_of(number: int) -> str:
    """Return the name of a made-up package."""
    return f"made-up-{number}"


def is_compiled(number: int) -> bool:
    """Return whether a made-up package has wheels for particular platforms."""
    return number % 5 < 2


def release_files(number: int, minor: int, chosen: random.Random) -> list[ReplayFile]:
    """Return the wheels of one release. It requires packages of lower numbers, so that there is no cycle."""
    stem = f"made_up_{number}-1.{minor}"
    needs = [f"{name_of(chosen.randrange(number))}>=1.{chosen.randrange(3)}" for _ in range(min(number, number % 3))]
    tags = [f"cp3{python}-cp3{python}-{build}" for python in range(12, 15) for build in BUILDS]
    return [
        a_file(f"{stem}-{tag}.whl", requires_dist=needs) for tag in (tags if is_compiled(number) else ["py3-none-any"])
    ]


def fill(index: ReplayIndex) -> None:
    """Add the packages."""
    chosen = random.Random(SEED)
    for number in range(PACKAGES):
        files = [file for minor in range(RELEASES) for file in release_files(number, minor, chosen)]
        index.add_package(name_of(number), files)


def move(index: ReplayIndex) -> list[str]:
    """Add a release to every other one of the packages that move, and a wheel to the rest. Return their names."""
    chosen = random.Random(SEED)
    numbers = chosen.sample([number for number in range(PACKAGES) if is_compiled(number)], MOVED)
    for place, number in enumerate(numbers):
        wheel = a_file(f"made_up_{number}-1.{RELEASES - 1}-cp315-cp315-win_amd64.whl")
        index.add_files(name_of(number), release_files(number, RELEASES, chosen) if place % 2 else [wheel])
    return [name_of(number) for number in numbers]


def prepare(data: Path, index_url: str) -> None:
    """Set up Django over this data directory and index."""
    os.environ.update(WHEELWAY_DATA=str(data), WHEELWAY_INDEX_URL=index_url, WHEELWAY_LOG_LEVEL="warning")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compat_site.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def poll(index_url: str, names: Sequence[str]) -> None:
    """Poll packages as of now."""
    from scanner.index.client import IndexClient
    from scanner.services.index_sets import one_index
    from scanner.services.refresh import refresh

    indexes = one_index(index_url, IndexClient(index_url))
    refresh(indexes, names, on_polled=lambda name, done, total: None, fresh_for=timedelta(0))


def requirement_sets(count: int) -> list[str]:
    """Return so many different requirements files."""
    chosen = random.Random(SEED)
    sets = [sorted(chosen.sample(range(PACKAGES), chosen.randint(6, 12))) for _ in range(count)]
    pins = ("", f"==1.{RELEASES - 1}")
    return ["".join(f"{name_of(number)}{chosen.choice(pins)}\n" for number in one) for one in sets]


def store_projects(texts: Sequence[str], count: int) -> list[int]:
    """Store so many projects, and return the keys of their snapshots."""
    from projects.models import Origin, ProjectTarget
    from projects.services.snapshots import take_snapshot
    from tests.cast import bare_project

    keys = []
    for number in range(count):
        project = bare_project(f"p{number}", source_builds="never")
        ProjectTarget.objects.bulk_create(
            ProjectTarget(project=project, slug=slug, position=position) for position, slug in enumerate(TARGETS)
        )
        files = {"requirements.txt": texts[number % len(texts)].encode()}
        keys.append(take_snapshot(project, files, list(files), origin=Origin.PASTE).pk)
    return keys


def assess(keys: Sequence[int]) -> None:
    """Assess these snapshots one after the other, each until nothing more can be had."""
    from django.utils import timezone

    from projects.services.assessments.run import assess_snapshot

    for key in keys:
        while assess_snapshot(key, timezone.now()):
            pass


def alone(key: int) -> Seconds:
    """Return how long it takes to assess one snapshot in a new process, without its start."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.portfolio", "--alone", str(key)],
        cwd=ROOT, env=os.environ, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return Seconds(*json.loads(done.stdout))


def results_of(keys: Sequence[int]) -> list[Any]:
    """Return the stored results of these snapshots' newest assessments."""
    from projects.models import Assessment

    newest = (Assessment.objects.filter(snapshot=key).newest_first()[0] for key in keys)
    fields = ("target", "verdict", "blockers", "packages", "plan")
    return [list(one.targets.order_by("position").values_list(*fields)) for one in newest]


def forget(keys: Sequence[int]) -> None:
    """Make these snapshots outdated, as a wheel event does."""
    from projects.models import Assessment

    Assessment.objects.filter(snapshot__in=keys).update(confirmed_at="2000-01-01T00:00:00Z")


def measure(count: int, different: int) -> None:
    """Print the row of P13."""
    with tempfile.TemporaryDirectory() as data, ReplayIndex() as index:
        prepare(Path(data), index.url)
        from django.utils import timezone

        from projects.services.assessments.stale import stale_snapshots

        fill(index)
        poll(index.url, [name_of(number) for number in range(PACKAGES)])
        keys = store_projects(requirement_sets(different), count)
        assess(keys)
        assert not stale_snapshots(timezone.now())
        poll(index.url, move(index))
        wall, cpu = time.perf_counter(), time.process_time()
        stale = stale_snapshots(timezone.now())
        assess(stale)
        ours = Seconds(time.perf_counter() - wall, time.process_time() - cpu)
        sample = stale[:: max(len(stale) // 10, 1)][:10]
        before = results_of(sample)
        forget(sample)
        one = medians(map(alone, sample))
        print_head(f"{count} projects, {len(stale)} affected")
        print_row(f"P13 of {different} sets, against one times all", ours, one.times(count), 0.1, 0.02)
        if results_of(sample) != before:
            print("  the results differ from those of an assessment from nothing")


def main(arguments: Sequence[str]) -> int:
    """Measure, or assess one snapshot for the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=1000)
    parser.add_argument("--different", type=int)
    parser.add_argument("--alone", type=int, help="assess this snapshot and print the seconds")
    options = parser.parse_args(arguments)
    if options.alone is not None:
        prepare(Path(os.environ["WHEELWAY_DATA"]), os.environ["WHEELWAY_INDEX_URL"])
        wall, cpu = time.perf_counter(), time.process_time()
        assess([options.alone])
        print(json.dumps([time.perf_counter() - wall, time.process_time() - cpu]))
        return 0
    measure(options.projects, options.different or max(options.projects // 5, 1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
