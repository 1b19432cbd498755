"""How the cost of reading grows with the size of hostile files, for each format: `python -m benchmarks.parsing_cost`.

Each shape is read in a child process of the product, at doubling sizes up to the upload limit. The exponent is that of
the growth of processor time over the larger half of the sizes: about 1 is linear.
"""

from __future__ import annotations

import argparse
import math
import sys

from benchmarks.parsing_cost_inside import measure
from projects.sandbox import CallLimitReached, CallLimits, Sandbox
from tests.hostile.shapes.every import SHAPES

LARGEST = 5 * 1024 * 1024
SIZES = [LARGEST // 2**step for step in range(5, -1, -1)]
# Below this a time is mostly that of the call itself.
NOTHING = 0.02


def exponent(points: list[tuple[int, float]]) -> float | None:
    """Return the slope of log(time) over log(size), None where the times are too short."""
    known = [(math.log(size), math.log(seconds)) for size, seconds in points if seconds > NOTHING]
    if len(known) < 3:
        return None
    known = known[-4:]
    mean_x, mean_y = sum(x for x, _ in known) / len(known), sum(y for _, y in known) / len(known)
    return sum((x - mean_x) * (y - mean_y) for x, y in known) / sum((x - mean_x) ** 2 for x, _ in known)


def main() -> int:
    """Print a row for each shape. Exit with 1 if one is over the limits or grows faster than it should."""
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=float, default=20)
    options.add_argument("--only", default="", help="shapes with this in their name")
    options.add_argument("--after", default="", help="shapes after the one with this name")
    given = options.parse_args()
    failed = 0
    names = list(SHAPES)
    skipped = set(names[: names.index(given.after) + 1]) if given.after else set()
    print(f"{'shape':52} {'5 MB, s':>8} {'MB':>6} {'exponent':>9}")
    for name, shape in SHAPES.items():
        if given.only not in name or name in skipped:
            continue
        sandbox = Sandbox(CallLimits(given.seconds, 768, 1))
        points, memory, over = [], 0.0, ""
        for size in SIZES:
            try:
                cost = sandbox.call(measure, shape(size))
            except CallLimitReached as reached:
                over = f"over the limit of {reached.limit} at {size:,} bytes"
                break
            points.append((size, cost.seconds))
            memory = cost.memory_mb
        sandbox.close()
        slope = exponent(points)
        bad = bool(over) or (slope is not None and slope > 1.35)
        failed += bad
        last = points[-1][1] if points else 0.0
        grows = "" if slope is None else f"{slope:.2f}"
        print(f"{name:52} {last:8.2f} {memory:6.0f} {grows:>9} {over}{' <<<' if bad else ''}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
