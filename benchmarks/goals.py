"""Measure P1 to P4 and P10 to P13 of docs/performance.md beside uv, in one table: `python -m benchmarks.goals`.

`--pairs` is how often both sides take turns (default 3), `--projects` the size of the portfolio (default 1000). With
`--quick` one pair of each, and 40 projects. The parts can be run alone: `benchmarks.assessing` (P1 to P4),
`benchmarks.cold` (P10 to P12) and `benchmarks.portfolio` (P13).
"""

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Sequence

from benchmarks.oracle import ROOT


def main(arguments: Sequence[str]) -> int:
    """Run each part in a process of its own, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--projects", type=int, default=1000)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args(arguments)
    pairs, projects = (1, 40) if options.quick else (options.pairs, options.projects)
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{os.cpu_count()} processors, CPython {platform.python_version()}, load {load}", flush=True)
    parts = (
        ("benchmarks.assessing", "--pairs", str(pairs)),
        ("benchmarks.cold", "--pairs", str(pairs)),
        ("benchmarks.portfolio", "--projects", str(projects)),
    )
    return max(subprocess.run([sys.executable, "-m", *part], cwd=ROOT, check=False).returncode for part in parts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
