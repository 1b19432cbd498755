"""Make the candidates of packages from what is stored of their releases."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import datetime

from packaging.version import Version

from projects.domain.assessment.request import AssessmentRequest
from projects.services.assessments.file_matching import FileMatcher, MatchedRelease
from scanner.domain.files.builds import UNSEEN
from scanner.domain.files.sdist_metadata import ReleaseMetadata
from scanner.domain.matching.availability import Offer
from scanner.domain.releases.pooling import NOTHING_READ, ReleaseFindings, StoredPackage, StoredRelease, metadata_source
from scanner.domain.releases.release_columns import from_microseconds
from scanner.domain.releases.stored_releases import StoredReleases
from scanner.domain.resolution.model.candidate_list import Candidate, CandidateList
from scanner.selectors.candidates import stored_metadata
from scanner.selectors.profile_table import ProfileTable, build_detail


class CandidateMaker:
    """Makes candidates under a request, and keeps the metadata and profiles that it has read for them.

    With `as_of`, files uploaded later are left out.
    """

    def __init__(self, request: AssessmentRequest, as_of: datetime | None) -> None:
        self._request, self._as_of = request, as_of
        self._metadata: dict[int, ReleaseMetadata] = {}
        self._profiles = ProfileTable((), request.columns)

    def candidates(self, packages: Mapping[str, StoredPackage]) -> dict[str, CandidateList]:
        """Return the candidates of these packages, by name. Two or three queries for each 2,000 packages.

        Of one index whose files all count, each candidate is made when it is asked for.
        """
        keys = {key for package in packages.values() for key in _metadata_keys(package.releases)}
        self._metadata.update(stored_metadata(keys - self._metadata.keys()))
        whole = {
            name: package.releases
            for name, package in packages.items()
            if isinstance(package.releases, StoredReleases)
            and not FileMatcher.concerns_package(self._request, name, self._as_of)
        }
        listed = {name: package.releases for name, package in packages.items() if name not in whole}
        concerned = {
            (name, release.pk): release
            for name, releases in listed.items()
            for release in releases
            if FileMatcher.concerns(self._request, name, release, self._as_of)
        }
        files = FileMatcher(
            self._request, ((name, release) for (name, _), release in concerned.items()), as_of=self._as_of
        )
        self._profiles.add(profile for releases in whole.values() for profile in releases.columns.profiles)
        self._profiles.add(
            release.profile
            for name, releases in listed.items()
            for release in releases
            if (name, release.pk) not in concerned
        )

        def candidate(name: str, release: StoredRelease) -> Candidate | None:
            if (name, release.pk) not in concerned:
                return self._candidate(release)
            matched = files.match(name, release)
            return None if matched is None else self._matched_candidate(release, matched)

        return {
            **{name: self._from_columns(releases) for name, releases in whole.items()},
            **{
                name: CandidateList.of(filter(None, (candidate(name, one) for one in releases)))
                for name, releases in listed.items()
            },
        }

    def _from_columns(self, releases: StoredReleases) -> CandidateList:
        columns, table = releases.columns, self._profiles
        distinct = {profile: (profile, table.build(profile) or UNSEEN) for profile in set(columns.profiles)}
        profiles = [distinct[profile] for profile in columns.profiles]
        for place, findings in releases.found:
            if findings.build_detail:
                profiles[place] = (columns.profiles[place], findings.build_detail)

        def make(place: int) -> Candidate:
            # From the columns, without a stored release for each of hundreds of candidates.
            pk, upload = columns.pks[place], columns.uploads[place]
            uploaded_at = None if upload is None else from_microseconds(upload)
            offers = table.offers(columns.profiles[place])
            findings = releases.findings.get(pk, NOTHING_READ)
            return self._make(releases.versions[place], profiles[place], uploaded_at, offers, pk, findings)

        return CandidateList(releases.versions, profiles, columns.uploads, columns.prereleases, make)

    def _matched_candidate(self, release: StoredRelease, matched: MatchedRelease) -> Candidate:
        # Of releases with one profile the offers may be renewed differently.
        profile = (matched.profile, matched.renewed) if matched.renewed else matched.profile
        made = self._from_release(release, matched.source, (profile, matched.build), matched.offers)
        return made._replace(
            admitted_files=matched.admitted, excluded_by=matched.excluded_by, renewed_offers=matched.renewed
        )

    def _candidate(self, release: StoredRelease) -> Candidate:
        profiles = self._profiles
        source = metadata_source(release, lambda part: profiles.offers(part.profile)) if release.parts else release
        build = build_detail(release, profiles)
        return self._from_release(release, source, (release.profile, build), profiles.offers(release.profile))

    def _from_release(
        self, release: StoredRelease, source: StoredRelease, profile: tuple[Hashable, str], offers: tuple[Offer, ...]
    ) -> Candidate:
        """Return a stored release with its offers; the metadata is that of `source`, one of its parts."""
        others = tuple(pk for pk in release.pks if pk != source.pk)
        made = self._make(release.version, profile, release.first_uploaded_at, offers, source.pk, source.findings)
        return made._replace(other_pks=others) if others else made

    def _make(
        self,
        version: Version,
        profile: tuple[Hashable, str],
        uploaded_at: datetime | None,
        offers: tuple[Offer, ...],
        pk: int,
        findings: ReleaseFindings,
    ) -> Candidate:
        known = self._metadata[findings.metadata_id] if findings.metadata_id is not None else ReleaseMetadata(None)
        too_young = self._request.policy.is_too_young(uploaded_at, self._as_of or self._request.now)
        return Candidate(
            version=version,
            profile=profile,
            uploaded_at=uploaded_at,
            offers=offers,
            build=profile[1],
            pk=pk,
            too_young=too_young,
            requires_dist=known.requires_dist,
            extras=known.extras,
            metadata_error=findings.metadata_error,
            metadata_grade=findings.metadata_grade,
            declared=findings.declared,
        )


def _metadata_keys(releases: Sequence[StoredRelease]) -> Iterator[int]:
    """Yield the keys of what is known of the metadata of these releases."""
    if isinstance(releases, StoredReleases):
        found = (findings.metadata_id for _, findings in releases.found)
    else:
        found = (part.metadata_id for release in releases for part in (release, *release.parts))
    return (key for key in found if key is not None)
