"""A small index in memory for assessments: packages by version, each with its file names and what it needs."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from packaging.utils import NormalizedName
from packaging.version import Version

from projects.domain.assessment.index_snapshot import IndexSnapshot, PackageSnapshot
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.resolved_target import ResolvedTarget
from projects.domain.assessment.searches import TargetSearches
from projects.domain.assessment.waivers import Waiver
from projects.domain.dependency_files import ParsedRequirement, read
from scanner.domain.files.builds import infer_build
from scanner.domain.files.filenames import ParsedFilename, parse_filename
from scanner.domain.matching.availability import ReleaseFileFacts, profile_of
from scanner.domain.matching.matcher import Matcher
from scanner.domain.resolution.model.candidate_list import Candidate, CandidateList
from scanner.domain.targets.catalogue import CATALOGUE
from scanner.domain.targets.target import Target, parse_target

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LONG_AGO = datetime(2024, 1, 2, tzinfo=UTC)

Releases = Mapping[str, tuple[Sequence[str], Sequence[str] | None]]

_everywhere = Matcher(CATALOGUE)


def targets(*slugs: str) -> list[Target]:
    return [parse_target(slug) for slug in slugs]


def requirements(text: str) -> tuple[ParsedRequirement, ...]:
    return read({"requirements.txt": text.encode()}, ["requirements.txt"]).requirements


def facts(package: str, filename: str, *, requires_python: str | None = None) -> ReleaseFileFacts:
    parsed = parse_filename(filename, NormalizedName(package))
    assert isinstance(parsed, ParsedFilename), parsed
    return ReleaseFileFacts(
        filename, parsed.kind, parsed.tag_set, parsed.build, requires_python, yanked=False, uploaded_at=LONG_AGO
    )


class SmallIndex:
    """What an index would have told: `{"name": {"1.0": ([file names], [Requires-Dist] or None)}}`."""

    def __init__(
        self,
        packages: Mapping[str, Releases],
        on: Sequence[Target],
        foreign: Collection[str] = (),
        extras: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None,
        waivers: Sequence[Waiver] = (),
    ) -> None:
        self.extras = extras or {}
        self.files: dict[int, list[ReleaseFileFacts]] = {}
        matcher = Matcher(on)
        views = {name: self._view(name, releases, matcher) for name, releases in packages.items()}
        self.snapshot = IndexSnapshot(views, on, foreign, waivers)

    def _view(self, name: str, releases: Releases, matcher: Matcher) -> PackageSnapshot:
        made = []
        for version in sorted(releases, key=Version):
            filenames, needs = releases[version]
            files = [facts(name, filename) for filename in filenames]
            pk = len(self.files)
            self.files[pk] = files
            profile = profile_of(files)
            build = infer_build(offer.availability for offer in _everywhere.offers(profile))
            made.append(
                Candidate(
                    Version(version),
                    (profile, build),
                    LONG_AGO,
                    matcher.offers(profile),
                    build,
                    pk,
                    requires_dist=None if needs is None else tuple(needs),
                    extras=self.extras.get(name, {}).get(version),
                )
            )
        return PackageSnapshot(name, True, True, "", "active", NOW, CandidateList.of(made))

    def files_of(self, release: Candidate) -> Sequence[ReleaseFileFacts]:
        return self.files[release.pk]


def wheels(name: str, version: str, *tags: str) -> list[str]:
    return [f"{name.replace('-', '_')}-{version}-{tag}.whl" for tag in tags]


def resolve_targets(request: AssessmentRequest, snapshot: IndexSnapshot) -> list[ResolvedTarget]:
    """Resolve each target of a request from what the snapshot knows."""
    searches = TargetSearches(request, snapshot)
    searches.finish()
    return list(searches.finished)


def pure(name: str, version: str) -> list[str]:
    return wheels(name, version, "py3-none-any")
