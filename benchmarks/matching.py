"""The speed of matching, and of a naive implementation: `python -m benchmarks.matching`.

Prints times, and ratios that can be compared between machines. The naive implementation compares the tags of each file
with those of each target by `isdisjoint`, on prepared sets. Needs the recorded pages of tests/.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from typing import TypeVar

from packaging.tags import parse_tag
from packaging.utils import canonicalize_name
from packaging.version import Version

from scanner.domain.files.filenames import ParsedFilename, parse_filename
from scanner.domain.files.release_profile import ReleaseProfile
from scanner.domain.matching.availability import ReleaseFileFacts, profile_of
from scanner.domain.matching.matcher import Matcher
from scanner.domain.targets.catalogue import CATALOGUE
from tests.replay.recording import read, recorded_names

T = TypeVar("T")


def timed(work: Callable[[], T], repeat: int = 3) -> tuple[float, T]:
    """Return the best time of a few runs in seconds, and the result of the last one."""
    best = float("inf")
    for _ in range(repeat):
        begin = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - begin)
    return best, result


def recorded() -> tuple[list[tuple[str, str]], list[ReleaseProfile]]:
    """Return all recorded file names with their package, and the profiles of all releases."""
    names, profiles = [], []
    for package in recorded_names():
        releases: dict[Version, list[ReleaseFileFacts]] = {}
        for file in read(package).files:
            names.append((file.filename, package))
            parsed = parse_filename(file.filename, canonicalize_name(package))
            if isinstance(parsed, ParsedFilename):
                facts = ReleaseFileFacts(
                    file.filename, parsed.kind, parsed.tag_set, parsed.build, file.requires_python, file.yanked
                )
                releases.setdefault(parsed.version, []).append(facts)
        profiles += [profile_of(files) for files in releases.values()]
    return names, profiles


def main() -> None:
    """Run the benchmark and print its figures."""
    names, profiles = recorded()
    parsing, parsed = timed(lambda: [parse_filename(name, canonicalize_name(package)) for name, package in names], 1)
    tag_sets = [each.tag_set for each in parsed if isinstance(each, ParsedFilename) and each.tag_set is not None]
    distinct = set(tag_sets)
    print(f"{len(tag_sets)} wheels of {len(names)} files, {len(distinct)} distinct tag sets, {len(CATALOGUE)} targets")
    print(f"reading file names          {parsing / len(names) * 1e6:9.2f} us a file")

    importing = (
        "import time; t = time.perf_counter(); import scanner.domain.targets.catalogue; print(time.perf_counter() - t)"
    )
    out = subprocess.run([sys.executable, "-c", importing], capture_output=True, text=True, check=True)
    print(f"importing the catalogue     {float(out.stdout) * 1e3:9.2f} ms")
    building, _ = timed(lambda: Matcher(CATALOGUE).mask("py3-none-any"))
    print(f"first use of a matcher      {building * 1e3:9.2f} ms")

    def cold() -> Matcher:
        matcher = Matcher(CATALOGUE)
        for tag_set in tag_sets:
            matcher.mask(tag_set)
        return matcher

    first, matcher = timed(cold)
    again, ours = timed(lambda: [matcher.mask(tag_set) for tag_set in tag_sets])
    print(f"ours, empty cache           {first / len(tag_sets) * 1e6:9.3f} us a wheel, {first * 1e3:.1f} ms in all")
    print(f"ours, all tag sets cached   {again / len(tag_sets) * 1e6:9.3f} us a wheel, {again * 1e3:.1f} ms in all")

    supported = [frozenset(target.tags) for target in CATALOGUE]
    tags = {tag_set: frozenset(map(str, parse_tag(tag_set))) for tag_set in distinct}

    def naive() -> list[int]:
        return [
            sum(1 << i for i, known in enumerate(supported) if not known.isdisjoint(tags[tag_set]))
            for tag_set in tag_sets
        ]

    slow, expected = timed(naive, 1)
    if expected != ours:
        raise SystemExit("the two implementations disagree")
    print(f"naive isdisjoint            {slow / len(tag_sets) * 1e6:9.3f} us a wheel, {slow * 1e3:.1f} ms in all")
    print(f"ratio naive / ours          {slow / first:9.1f} with an empty cache, {slow / again:.0f} with all cached")

    def match_all() -> Matcher:
        fresh = Matcher(CATALOGUE)
        for profile in profiles:
            fresh.offers(profile)
        return fresh

    first, matcher = timed(match_all, 2)
    warm, _ = timed(lambda: [matcher.offers(profile) for profile in profiles])
    profile_count, row_count = len(set(profiles)), len({matcher.offers(profile) for profile in profiles})
    print(f"{len(profiles)} releases, {profile_count} distinct profiles, {row_count} distinct rows")
    print(f"rows of offers, first time  {first / profile_count * 1e6:9.1f} us a profile, {first * 1e3:.0f} ms in all")
    print(f"rows of offers, known       {warm / len(profiles) * 1e6:9.2f} us a release")


if __name__ == "__main__":
    main()
