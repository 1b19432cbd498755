"""The parts of `benchmarks.assessing` that are measured inside a process: P3 and P4. Call `prepare` first."""

import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from benchmarks.oracle_cases import Case
from benchmarks.timing import Seconds, medians, seconds
from scanner.domain.targets.target import Target, parse_target
from tests.replay import ReplayIndex, a_file


def prepare(data: Path) -> None:
    """Set up Django over this data directory."""
    import django

    os.environ["WHEELWAY_DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compat_site.settings")
    django.setup()


def request_for(case: Case, targets: Sequence[Target]) -> Any:
    """Return the request of `assess CASE --source never`."""
    from django.utils import timezone

    from projects.domain.assessment.request import AssessmentRequest
    from projects.domain.dependency_files import read, select
    from scanner.domain.resolution.model.policy import BuildPolicy, SourcePolicy
    from scanner.selectors.known_breaks import known_breaks

    parsed = read({case.written.name: case.written.read_bytes()}, [case.written.name])
    policy, now = BuildPolicy(SourcePolicy.NEVER), timezone.now()
    return AssessmentRequest(select(parsed, [], []), targets, policy, now, known_breaks=known_breaks())


def failing(case: Case, index_url: str, targets: Sequence[Target]) -> list[Target]:
    """Return the targets on which the case does not hold as written."""
    from projects.services.assessments.evaluate import evaluate
    from scanner.services.index_sets import one_index

    found = evaluate(request_for(case, targets), indexes=one_index(index_url))
    return [parse_target(one.target) for one in found.targets if one.blockers or one.conflict]


def blockers_of(case: Case, index_url: str, targets: Sequence[Target]) -> dict[str, set[str]]:
    """Return, by target, the packages that block whatever else is chosen, read from the database."""
    from projects.domain.assessment.root_requirements import root_requirements_of
    from projects.services.assessments.read_index import IndexReader
    from scanner.domain.resolution.blockers import certain_blockers
    from scanner.domain.resolution.model.cache import ResolutionCache
    from scanner.domain.resolution.target_provider import TargetProvider
    from scanner.services.index_sets import one_index

    request = request_for(case, targets)
    reader = IndexReader(one_index(index_url), request)
    reader.read_ahead()
    cache = ResolutionCache(reader.snapshot)
    roots, policy = root_requirements_of(request.requirements), request.resolver_policy
    found: dict[str, set[str]] = {}
    for target in targets:
        provider = TargetProvider(cache, target, roots, policy)
        blocked, _ = certain_blockers(provider)
        while missing := provider.unsettled():
            reader.read_missing(missing)
            cache.give_up(reader.snapshot.unknown(missing))
            provider.forget_unsettled()
            blocked, _ = certain_blockers(provider)
        found[target.slug] = set(map(str, blocked))
    return found


# Wheels that no release has, each for one target of the sample that lacks it.
_WHEELS = (
    ("orjson", "orjson-3.9.15-cp313-cp313-win_arm64.whl"),
    ("hiredis", "hiredis-2.3.2-cp313-cp313-win_amd64.whl"),
    ("asyncpg", "asyncpg-0.29.0-cp314-cp314-macosx_14_0_arm64.whl"),
    ("pyyaml", "PyYAML-6.0.1-cp315-cp315-manylinux_2_28_x86_64.whl"),
    ("aiohttp", "aiohttp-3.9.3-cp314-cp314-win_amd64.whl"),
    ("pydantic-core", "pydantic_core-2.16.2-cp313-cp313-musllinux_1_2_x86_64.whl"),
    ("psycopg2-binary", "psycopg2_binary-2.9.9-cp313-cp313-manylinux_2_28_aarch64.whl"),
)


def after_events(
    case: Case, index: ReplayIndex, targets: Sequence[Target], pairs: int
) -> tuple[Seconds, Seconds, bool]:
    """Measure after one more wheel each: (median update, median full answer, whether always equal)."""
    from django.utils import timezone

    from projects.services.assessments.evaluate import evaluate
    from projects.services.assessments.reassess import reevaluate
    from scanner.index.client import IndexClient
    from scanner.services.index_sets import one_index
    from scanner.services.refresh import refresh

    indexes = one_index(index.url, IndexClient(index.url))
    request = request_for(case, targets)
    reevaluate(case.name, request, indexes=indexes)
    taken: list[tuple[Seconds, Seconds]] = []
    equal = True
    for name, filename in _WHEELS[:pairs]:
        # As every real one, it comes after the release's first file.
        index.add_files(name, [a_file(filename, uploaded_at=timezone.now())])
        refresh(indexes, [name], on_polled=lambda name, done, total: None, fresh_for=timedelta(0))
        now = replace(request, now=timezone.now())
        found: dict[str, Any] = {}

        def again(now: Any = now, found: dict[str, Any] = found) -> None:
            found["again"] = reevaluate(case.name, now, indexes=indexes)

        def whole(now: Any = now, found: dict[str, Any] = found) -> None:
            found["whole"] = evaluate(now, indexes=indexes)

        taken.append((seconds(again), seconds(whole)))
        rows = [[one.packages for one in found[side].targets] for side in ("again", "whole")]
        equal = equal and rows[0] == rows[1]
    return medians(a for a, _ in taken), medians(b for _, b in taken), equal


def roots_of(case: Case, index_url: str, slug: str, names: set[str]) -> set[str]:
    """Return the project's requirements through which these packages are reached."""
    from projects.domain.assessment.root_requirements import root_requirements_of
    from projects.services.assessments.read_index import IndexReader
    from scanner.domain.resolution.closure import closure
    from scanner.domain.resolution.model.cache import ResolutionCache
    from scanner.services.index_sets import one_index

    request = request_for(case, [parse_target(slug)])
    reader = IndexReader(one_index(index_url), request)
    reader.read_ahead()
    cache = ResolutionCache(reader.snapshot)
    found = closure(cache, request.targets[0], root_requirements_of(request.requirements), request.resolver_policy)
    return {path[0].partition("[")[0] for name in names for path in found.paths(name)[:1]}  # type: ignore[arg-type]  # names come from the closure
