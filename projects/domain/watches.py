"""When a watched cell has become installable from a wheel. Pure: rows in, decision out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from packaging.version import InvalidVersion, Version

from scanner.domain.matching.availability import Availability, ReleaseFileFacts
from scanner.domain.matching.explain import Cell, explain_cell
from scanner.domain.targets.target import Target

# The files of each release of a package, by version as the index normalises it.
ReleaseFiles = Mapping[str, Sequence[ReleaseFileFacts]]


@dataclass(frozen=True, slots=True)
class WatchCriteria:
    """What one watch waits for.

    `above` is the version in use when the watch was set: it counts and so do later ones; None admits all.
    `beyond_fallback`: the version in use installs already, without its compiled part, so only better will do.
    """

    target: Target
    above: Version | None = None
    prereleases: bool = False
    beyond_fallback: bool = False

    def admits(self, version: Version) -> bool:
        """Whether a release of this version can end the watch."""
        if version.is_prerelease and not self.prereleases:
            return False
        return self.above is None or version >= self.above

    def is_met_by(self, cell: Cell) -> bool:
        """Whether this cell is what the watch waits for. A yanked wheel never is."""
        if cell.yanked or not cell.availability.installs_wheel:
            return False
        return cell.availability is not Availability.FALLBACK or not self.beyond_fallback


@dataclass(frozen=True, slots=True)
class WatchMatch:
    """The release that serves a watch, with its cell as the proof."""

    version: str
    cell: Cell


def watch_criteria(target: Target, above: str, releases: ReleaseFiles, *, prereleases: bool) -> WatchCriteria:
    """The wish behind a watch that was set at version `above` ("" for none) of a package with these releases."""
    in_use = parse_version(above)
    cell = explain_cell(releases.get(str(in_use), ()), target)
    beyond_fallback = cell.availability is Availability.FALLBACK and not cell.yanked
    return WatchCriteria(target, in_use, prereleases, beyond_fallback)


def first_match(criteria: WatchCriteria, releases: ReleaseFiles) -> WatchMatch | None:
    """The lowest version that serves the watch: the smallest step that a team has to take."""
    for version in _admitted_versions(criteria, releases):
        cell = explain_cell(releases[version], criteria.target)
        if criteria.is_met_by(cell):
            return WatchMatch(version, cell)
    return None


def new_match(
    criteria: WatchCriteria, releases: ReleaseFiles, news: Mapping[str, Collection[str]]
) -> WatchMatch | None:
    """The lowest version that serves the watch through its new files and would not without them.

    `news` is the names of files that were added or are no longer yanked, by version.
    """
    changed = {version: releases[version] for version in news if version in releases}
    for version in _admitted_versions(criteria, changed):
        files = releases[version]
        cell = explain_cell(files, criteria.target)
        if not criteria.is_met_by(cell):
            continue
        before = [file for file in files if file.filename not in news[version]]
        if not criteria.is_met_by(explain_cell(before, criteria.target)):
            return WatchMatch(version, cell)
    return None


def parse_version(text: str) -> Version | None:
    """The version, or None for an empty or unreadable one."""
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _admitted_versions(criteria: WatchCriteria, releases: ReleaseFiles) -> list[str]:
    """The versions that count, lowest first; one that cannot be read counts for nobody."""
    readable = [(parsed, text) for text in releases if (parsed := parse_version(text)) is not None]
    return [text for parsed, text in sorted(readable) if criteria.admits(parsed)]
