"""Answers that people have looked up by hand on the index, against the recorded pages of November 2026."""

import functools

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from projects.domain.assessment.index_snapshot import PackageSnapshot, installable_from
from scanner.domain.files.filenames import ParsedFilename, parse_filename
from scanner.domain.matching.availability import ReleaseFileFacts, profile_of
from scanner.domain.matching.explain import explain_cell
from scanner.domain.matching.matcher import Matcher
from scanner.domain.matching.reason_text import reason_text
from scanner.domain.resolution.model.candidate_list import Candidate, CandidateList
from scanner.domain.resolution.model.policy import BuildPolicy, SourcePolicy
from scanner.domain.targets.target import parse_target
from tests.replay.recording import read

WHEELS = BuildPolicy(SourcePolicy.NEVER)


@functools.cache
def releases(name: str) -> dict[Version, list[ReleaseFileFacts]]:
    found: dict[Version, list[ReleaseFileFacts]] = {}
    for file in read(name).files:
        parsed = parse_filename(file.filename, canonicalize_name(name))
        if isinstance(parsed, ParsedFilename):
            facts = ReleaseFileFacts(
                file.filename, parsed.kind, parsed.tag_set, parsed.build, file.requires_python, file.yanked
            )
            found.setdefault(parsed.version, []).append(facts)
    return found


@pytest.mark.parametrize(
    ("name", "current", "slug", "availability", "first"),
    [
        ("psycopg2-binary", "2.9.9", "cp313-win_amd64", "source", "2.9.10"),
        ("hiredis", "2.3.2", "cp313-win_amd64", "source", "3.1.0"),
        ("pyyaml", "6.0.1", "cp313-win_amd64", "source", "6.0.2"),
        ("orjson", "3.9.15", "cp313-win_amd64", "source", "3.10.6"),
        ("asyncpg", "0.29.0", "cp313-win_amd64", "source", "0.30.0"),
        ("aiohttp", "3.9.3", "cp313-win_amd64", "source", "3.10.5"),
        ("pydantic-core", "2.16.2", "cp313-win_amd64", "source", "2.20.0"),
        ("orjson", "3.9.15", "cp313-manylinux_2_28_x86_64", "source", "3.10.7"),
        ("bcrypt", "4.1.2", "cp313-win_amd64", "abi3", "4.1.2"),
        ("sqlalchemy", "2.0.27", "cp313-win_amd64", "fallback", "2.0.27"),
        ("jinja2", "3.1.3", "cp313-win_amd64", "pure", "3.1.3"),
    ],
)
def test_a_cell_that_people_looked_up(name: str, current: str, slug: str, availability: str, first: str) -> None:
    target = parse_target(slug)
    version = Version(current)
    matcher = Matcher([target])
    views = [
        Candidate(each, None, offers=matcher.offers(profile_of(releases(name)[each])), build="compiled")
        for each in sorted(releases(name))
    ]
    cell = explain_cell(releases(name)[version], target)
    helped = installable_from(
        PackageSnapshot(name, True, True, "", "active", None, CandidateList.of(views)), 0, WHEELS, version
    )
    assert (cell.availability.value, str(helped[0].version)) == (availability, first), reason_text(cell.reason)
