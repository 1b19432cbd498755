"""The recorded pages and metadata as a source for the resolver."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import datetime
from functools import cache

from packaging.utils import NormalizedName
from packaging.version import InvalidVersion, Version

from scanner.domain.files.builds import UNSEEN
from scanner.domain.files.filenames import ParsedFilename, parse_filename
from scanner.domain.files.release_profile import ProfileFile, ReleaseProfile
from scanner.domain.matching.availability import Offer
from scanner.domain.matching.matcher import Matcher
from scanner.domain.resolution.model.versions import Candidate, PackageVersions
from scanner.domain.targets.target import Target
from tests.replay import recorded_names
from tests.replay.recording import RecordedPackage, read

# A profile is identified by its position here, as a stored one is by its row: numbers are cheap to look up.
_PROFILES: dict[ReleaseProfile, int] = {}


@cache
def _recorded(name: str) -> RecordedPackage:
    return read(name)


@cache
def package_of(name: NormalizedName) -> PackageVersions:
    """Return the recorded releases of a package, each with the profile of its files."""
    files: dict[Version, list[ProfileFile]] = {}
    first: dict[Version, datetime] = {}
    for file in _recorded(name).files:
        parsed = parse_filename(file.filename, name)
        if isinstance(parsed, ParsedFilename):
            offered = ProfileFile(parsed.tag_set, parsed.kind, file.requires_python, file.yanked)
            files.setdefault(parsed.version, []).append(offered)
            moment = datetime.fromisoformat(file.uploaded_at)
            first[parsed.version] = min(moment, first.get(parsed.version, moment))
    profiles = {version: _PROFILES.setdefault(profile, len(_PROFILES)) for version, profile in _profiles(files).items()}
    return PackageVersions(name, [Candidate(version, profiles[version], first[version]) for version in files])


def _profiles(files: dict[Version, list[ProfileFile]]) -> dict[Version, ReleaseProfile]:
    return {version: ReleaseProfile.of(listed) for version, listed in files.items()}


@cache
def _metadata(name: str) -> dict[Version, tuple[str, ...]]:
    found = {}
    for text, lines in _recorded(name).metadata.releases.items():
        try:
            version = Version(text)
        except InvalidVersion:
            continue
        found[version] = tuple(value for header, value in lines if header.lower() == "requires-dist")
    return found


class RecordedSource:
    """Answers for some targets. Packages that were not recorded count as not polled."""

    def __init__(self, targets: Sequence[Target]) -> None:
        self._matcher = Matcher(targets)
        self._columns = {target: column for column, target in enumerate(targets)}
        self._offers: list[tuple[Offer, ...]] = []
        self._names = frozenset(recorded_names())

    def package(self, name: NormalizedName) -> PackageVersions | None:
        """Return the releases of a package; None if it was not recorded."""
        return package_of(name) if name in self._names else None

    def offer(self, candidate: Candidate, target: Target) -> tuple[Offer, str]:
        """Return what matching says of a profile."""
        profile = candidate.profile
        assert isinstance(profile, int)
        if profile >= len(self._offers):
            for known in list(_PROFILES)[len(self._offers) :]:
                self._offers.append(self._matcher.offers(known))
        return self._offers[profile][self._columns[target]], UNSEEN

    def target_group(self, name: NormalizedName, target: Target) -> Hashable:
        """Return the target: no two targets are taken to be equal."""
        return target

    def requires_dist(self, name: NormalizedName, version: Version) -> Sequence[str] | None:
        """Return the recorded Requires-Dist values; None if no metadata was recorded."""
        return _metadata(name).get(version)

    def was_refused(self, name: NormalizedName, version: Version) -> bool:
        """Return False: what was not recorded may still become known."""
        return False
