"""Short labels for the interpreters of a release's wheels: "cp37 to cp312", "cp39-abi3"."""

import functools
import re
from collections.abc import Iterable

from scanner.domain.targets.abis import STABLE_ABIS, AbiPair

_OWN_ABI = re.compile(r"(?P<python>cp\d+)(?P<flags>[a-z]*)")


def pair_label(pair: AbiPair) -> str:
    """Return the shortest label of a pair: "cp312", "cp314t", "cp39-abi3", "pp311", "py2"; "cp37m" becomes "cp37"."""
    interpreter, abi = pair
    if abi in STABLE_ABIS:
        return f"{interpreter}-{abi}"
    own = _OWN_ABI.fullmatch(abi)
    return f"{own['python']}t" if own and "t" in own["flags"] else interpreter


_NUMBERED = re.compile(r"(?P<prefix>cp|pp|py|graalpy)(?P<major>\d)(?P<minor>\d{1,3})?(?P<suffix>\D.*)?")


def label_ranges(labels: Iterable[str]) -> tuple[str, ...]:
    """Join runs of three and more consecutive versions ("cp37 to cp312"); return runs and single labels in order."""
    runs: list[list[str]] = []
    previous: tuple[str, str, int, int] | None = None
    for key, label in sorted((_sort_key(label), label) for label in labels):
        prefix, suffix, major, minor = key
        if previous is not None and previous == (prefix, suffix, major, minor - 1):
            runs[-1].append(label)
        else:
            runs.append([label])
        previous = key
    return tuple(name for run in runs for name in ([f"{run[0]} to {run[-1]}"] if len(run) > 2 else run))


@functools.lru_cache(maxsize=1024)
def _sort_key(label: str) -> tuple[str, str, int, int]:
    match = _NUMBERED.fullmatch(label)
    if match is None:
        return ("~", label, 0, 0)
    return (match["prefix"], match["suffix"] or "", int(match["major"]), int(match["minor"] or -2))
