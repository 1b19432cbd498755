"""The decisions whether a watched cell has become installable from a wheel, and a watched target free of blockers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct
from packaging.version import InvalidVersion, Version

from projects.domain.assessment.verdicts import ProjectVerdict
from scanner.domain.matching.availability import Availability, ReleaseFileFacts
from scanner.domain.matching.explain import Cell, explain_cell
from scanner.domain.targets.target import Target

# The files of each release of a package, by normalised version.
ReleaseFiles = Mapping[str, Sequence[ReleaseFileFacts]]


class WatchCriteria(Struct, frozen=True):
    """The condition that ends a watch.

    `above` is the version in use when the watch was set: it and later versions count, all of them if it is None.
    `beyond_fallback`: the version in use already installs without its compiled part, so a fallback wheel is not enough.
    """

    target: Target
    above: Version | None = None
    prereleases: bool = False
    beyond_fallback: bool = False

    def admits(self, version: Version) -> bool:
        """Return whether a release of this version can end the watch."""
        if version.is_prerelease and not self.prereleases:
            return False
        return self.above is None or version >= self.above

    def is_met_by(self, cell: Cell) -> bool:
        """Return whether this cell ends the watch. A yanked wheel never does."""
        if cell.yanked or not cell.availability.installs_wheel:
            return False
        return cell.availability is not Availability.FALLBACK or not self.beyond_fallback


class WatchMatch(Struct, frozen=True):
    """The release that ends a watch, with its cell as evidence."""

    version: str
    cell: Cell


def watch_criteria(target: Target, above: str, releases: ReleaseFiles, *, prereleases: bool) -> WatchCriteria:
    """Return the criteria of a watch that was set at version `above` ("" for none) of a package with these releases."""
    in_use = parse_version(above)
    cell = explain_cell(releases.get(str(in_use), ()), target)
    beyond_fallback = cell.availability is Availability.FALLBACK and not cell.yanked
    return WatchCriteria(target, in_use, prereleases, beyond_fallback)


def first_match(criteria: WatchCriteria, releases: ReleaseFiles) -> WatchMatch | None:
    """Return the lowest version that meets the criteria, which is the smallest upgrade."""
    for version in _admitted_versions(criteria, releases):
        cell = explain_cell(releases[version], criteria.target)
        if criteria.is_met_by(cell):
            return WatchMatch(version, cell)
    return None


def new_match(
    criteria: WatchCriteria, releases: ReleaseFiles, new_files: Mapping[str, Collection[str]]
) -> WatchMatch | None:
    """Return the lowest version that meets the criteria with its new files and not without them.

    `new_files` are the names of files that were added or are no longer yanked, by version.
    """
    changed = {version: releases[version] for version in new_files if version in releases}
    for version in _admitted_versions(criteria, changed):
        files = releases[version]
        cell = explain_cell(files, criteria.target)
        if not criteria.is_met_by(cell):
            continue
        before = [file for file in files if file.filename not in new_files[version]]
        if not criteria.is_met_by(explain_cell(before, criteria.target)):
            return WatchMatch(version, cell)
    return None


class TargetProgress(Struct, frozen=True):
    """What changed on a watched target since the last report: the blockers that fell, and whether none is left."""

    fell: tuple[str, ...]
    is_clear: bool


def target_progress(
    reported: Sequence[str], blockers: Sequence[str], verdict: ProjectVerdict, *, reported_clear: bool
) -> TargetProgress | None:
    """Return what a watch of a target reports now; None when nothing fell, or when the target is not judged.

    `reported` are the blockers of the last report, which said that nothing blocks if `reported_clear`. A target is
    clear when the project can move to it, after upgrades or as it is; while its requirements contradict each other it
    is not, although no package blocks.
    """
    if verdict is ProjectVerdict.UNKNOWN:
        return None
    is_clear = verdict in (ProjectVerdict.GO, ProjectVerdict.CONDITIONAL)
    fell = tuple(name for name in reported if is_clear or name not in blockers)
    return TargetProgress(fell, is_clear) if fell or (is_clear and not reported_clear) else None


def parse_version(text: str) -> Version | None:
    """Return the parsed version, None if it is empty or invalid."""
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _admitted_versions(criteria: WatchCriteria, releases: ReleaseFiles) -> list[str]:
    """Return the versions that count, lowest first. Invalid versions are left out."""
    readable = [(parsed, text) for text in releases if (parsed := parse_version(text)) is not None]
    return [text for parsed, text in sorted(readable) if criteria.admits(parsed)]
