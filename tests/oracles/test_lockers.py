"""The commands that a plan prints are run: the real tools write the lock, and it installs on the target.

A project is locked on 1 June 2025, when nothing had a wheel for Python 3.14, and upgraded at the end of recorded time.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
from django.utils import timezone

from benchmarks.uv_side import Uv, uv_target
from projects.domain.assessment.request import AssessmentRequest
from projects.domain.assessment.target_result import TargetResult
from projects.domain.dependency_files import read, select
from projects.domain.rewriting.exports import constraints_file
from projects.domain.rewriting.written_plan import WrittenPlan, hashed_pins, write_plan
from scanner.domain.resolution.model.policy import BuildPolicy, SourcePolicy
from scanner.domain.targets.target import parse_target
from scanner.index.client import IndexClient
from scanner.selectors.releases import release_digests
from scanner.services.index_sets import one_index
from tests.oracles.assessing import assessed
from tests.oracles.lockers import LOCKERS, Workshop, is_there
from tests.replay import ReplayIndex
from tests.scanner.domain.resolution.stub_wheels import find_uv

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

COMPILED = ("orjson", "pydantic-core", "markupsafe")
KEPT = (
    *("*.tar.gz", "*-any.whl"),
    *(f"*-cp{python}-{platform}.whl" for python in (311, 313, 314) for platform in ("manylinux*x86_64", "win_amd64")),
)
LOCKED_ON = "2025-06-01"
TARGET = parse_target("cp314-manylinux_2_28_x86_64")


def is_kept(file: str) -> bool:
    """Return whether the index has a file of a compiled package: few tags, among them those of the target."""
    return any(fnmatch(file, pattern) for pattern in KEPT)


@pytest.fixture
def replay() -> Iterator[ReplayIndex]:
    """The replay index with wheels that can be downloaded and checked, without those of most other targets.

    The tools read thousands of file names otherwise, which is most of what they do.
    """
    with ReplayIndex(whole=True) as index:
        for name in COMPILED:
            index.keep_files(name, is_kept)
        yield index


def assess(workshop: Workshop, replay: ReplayIndex) -> tuple[TargetResult, WrittenPlan | None]:
    """Assess the project as it is, and write the plan into its files."""
    files = workshop.files()
    parsed = read(files, list(files))
    request = AssessmentRequest(
        select(parsed), [TARGET], BuildPolicy(SourcePolicy.NEVER), timezone.now(), limits=parsed.limits
    )
    indexes = one_index(replay.url, IndexClient(replay.url))
    (result,) = assessed(request, indexes)
    if result.plan is None:
        return result, None
    digests = release_digests(indexes.keys, hashed_pins([result.plan], parsed))
    written = write_plan(result.plan, files=files, parsed=parsed, roots=list(files), targets=[TARGET], digests=digests)
    return result, written


@pytest.mark.parametrize("name", LOCKERS)
def test_the_printed_commands_write_a_lock_that_installs_on_the_target(
    name: str, replay: ReplayIndex, tmp_path: Path
) -> None:
    uv, theirs = find_uv(), uv_target(TARGET)
    if uv is None or theirs is None or not is_there(name):
        pytest.skip(f"{name}: not installed; `make setup` installs the tools that write locks")
    workshop = Workshop(LOCKERS[name], tmp_path / "project", replay.url)
    replay.as_of = LOCKED_ON
    workshop.run(LOCKERS[name].lock)
    replay.as_of = None
    result, written = assess(workshop, replay)
    assert result.verdict == "conditional"
    assert {"orjson", "pydantic-core"} <= set(result.blockers)
    assert result.plan is not None
    assert written is not None
    locked = LOCKERS[name].lock_file
    takes_newest = any("newest releases that fit" in problem.message for problem in written.problems)
    assert takes_newest is (name in {"poetry", "pipenv"})
    assert len(written.commands) == 1
    # A compiled file is rewritten, and its command must be right without that.
    workshop.write({path: text for path, text in written.files.items() if path != locked})
    workshop.write({constraints_file(TARGET.slug): written.constraints})
    workshop.run(written.commands[0])
    after, _ = assess(workshop, replay)
    assert after.verdict == "go", [(one.name, one.version, one.verdict, one.reason) for one in after.packages]
    pins = {one.name: one.version for one in after.packages if one.verdict != "inactive"}
    if not takes_newest:
        assert pins == dict(result.plan.pins)
    installs = Uv(uv, replay.url, tmp_path / "uv").installs([f"{one}=={pins[one]}" for one in pins], theirs)
    assert installs is None
