"""How fast matching is against the plain way: `python -m benchmarks.matching` (needs the recorded pages of tests/).

Prints absolute times of this machine and, what can be compared between machines, ratios. The plain way asks for each
file and target whether the file's tags and the target's have one in common, with all sets made beforehand.
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
    """Best of a few runs, in seconds, and what the last one gave."""
    best = float("inf")
    for _ in range(repeat):
        begin = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - begin)
    return best, result


def recorded() -> tuple[list[tuple[str, str]], list[ReleaseProfile]]:
    """All recorded file names with their package, and the shape of every release."""
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
    print(f"ours, nothing known         {first / len(tag_sets) * 1e6:9.3f} us a wheel, {first * 1e3:.1f} ms in all")
    print(f"ours, all tag sets known    {again / len(tag_sets) * 1e6:9.3f} us a wheel, {again * 1e3:.1f} ms in all")

    supported = [frozenset(target.tags) for target in CATALOGUE]
    tags = {tag_set: frozenset(map(str, parse_tag(tag_set))) for tag_set in distinct}

    def plain() -> list[int]:
        return [
            sum(1 << i for i, known in enumerate(supported) if not known.isdisjoint(tags[tag_set]))
            for tag_set in tag_sets
        ]

    naive, theirs = timed(plain, 1)
    if theirs != ours:
        raise SystemExit("the two ways disagree")
    print(f"plain isdisjoint            {naive / len(tag_sets) * 1e6:9.3f} us a wheel, {naive * 1e3:.1f} ms in all")
    print(f"ratio plain / ours          {naive / first:9.1f} with nothing known, {naive / again:.0f} with all known")

    def judged() -> Matcher:
        fresh = Matcher(CATALOGUE)
        for profile in profiles:
            fresh.offers(profile)
        return fresh

    judging, judge = timed(judged, 2)
    warm, _ = timed(lambda: [judge.offers(profile) for profile in profiles])
    shape_count, row_count = len(set(profiles)), len({judge.offers(profile) for profile in profiles})
    print(f"{len(profiles)} releases, {shape_count} distinct shapes, {row_count} distinct rows")
    print(f"rows of offers, first time  {judging / shape_count * 1e6:9.1f} us a shape, {judging * 1e3:.0f} ms in all")
    print(f"rows of offers, known       {warm / len(profiles) * 1e6:9.2f} us a release")


if __name__ == "__main__":
    main()
