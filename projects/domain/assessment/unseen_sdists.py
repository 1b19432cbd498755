"""Releases that have only an sdist whose content is not known, although it decides the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from projects.domain.assessment.index_snapshot import IndexSnapshot
from projects.domain.assessment.judgement import Judgement
from projects.domain.assessment.resolved_target import ResolvedTarget
from projects.domain.assessment.verdicts import Verdict
from scanner.domain.files.builds import UNREADABLE, UNSEEN, build_kind
from scanner.domain.matching.availability import Availability
from scanner.domain.resolution.model.versions import Candidate


def unseen_in(resolved: Iterable[ResolvedTarget], snapshot: IndexSnapshot) -> dict[int, str]:
    """Return the releases whose verdict depends on the content of their sdist, by key with the package's name.

    They are the release in use and the newest one, to which the project may move.
    """
    return {pk: name for one in resolved for name, release in _unseen(one, snapshot) for pk in release.pks}


def is_decided(resolved: ResolvedTarget, snapshot: IndexSnapshot) -> bool:
    """Return whether the result of a target stays as it is until the index changes.

    It lacks no fact, and no sdist is left to be looked into for it. One that could not be read counts as looked into.
    """
    return not resolved.missing and not any(
        build_kind(release.build) == UNSEEN for _, release in _unseen(resolved, snapshot)
    )


def depends_on_unseen(judgement: Judgement, column: int) -> bool:
    """Return whether a verdict is unknown only until a look into the sdist of the release."""
    release = judgement.release
    return judgement.verdict is Verdict.UNKNOWN and release is not None and _is_unseen(release, column)


def _unseen(resolved: ResolvedTarget, snapshot: IndexSnapshot) -> Iterator[tuple[str, Candidate]]:
    column = snapshot.column(resolved.target)
    for name, judgement in resolved.judgements.items():
        if judgement.verdict in (Verdict.UNKNOWN, Verdict.NOT_JUDGED) and judgement.release is not None:
            for release in (judgement.release, snapshot.packages[name].newest):
                if release is not None and _is_unseen(release, column):
                    yield name, release


def _is_unseen(release: Candidate, column: int) -> bool:
    """Return whether a look into the sdist would tell more: an unreadable one may be readable after a while."""
    is_source = release.offers[column].availability is Availability.SOURCE
    return is_source and build_kind(release.build) in {UNSEEN, UNREADABLE}
