"""What the oracle counts: its comparisons, and how they came out."""

import subprocess
from collections import Counter
from collections.abc import Callable

from msgspec import Struct, field


class Tally(Struct):
    """The number of comparisons, and each difference as text."""

    counts: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    def add(self, what: str, difference: str | None) -> None:
        """Count one comparison, and keep the difference if there is one."""
        self.counts[what] += 1
        if difference is not None:
            self.counts[f"{what}: differ"] += 1
            self.differences.append(f"{what}: {difference}")

    def compare(self, what: str, where: str, ours: bool, ask: Callable[[], bool]) -> None:
        """Compare an answer with uv's. That uv gives none is a difference too, and not the end of the run."""
        try:
            uvs = ask()
        except (subprocess.TimeoutExpired, RuntimeError) as error:
            self.add(what, f"{where}: ours {ours}, {' '.join(str(error).split())}")
            return
        self.add(what, f"{where}: ours {ours}, uv's {uvs}" if ours is not uvs else None)
