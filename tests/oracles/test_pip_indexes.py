"""Several indexes held against pip itself: the same versions, from the same index where pip's choice shows one.

`pip install --dry-run --report` asks two real servers; ours reads what was polled from the same two.
"""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from django.utils import timezone
from packaging.utils import canonicalize_name

from projects.domain.assessment.request import AssessmentRequest
from scanner.domain.resolution.model.policy import BuildPolicy, SourcePolicy
from scanner.services.index_sets import command_set
from tests.oracles.assessing import assessed
from tests.patience import PATIENCE
from tests.projects.known import requirements, targets
from tests.replay import ReplayFile, ReplayIndex, a_file

pytestmark = pytest.mark.django_db(transaction=True)

MINOR = sys.version_info.minor
MACHINE = platform.machine()
HERE = f"cp3{MINOR}-manylinux_2_28_{MACHINE}"
BETTER, ANY = f"cp3{MINOR}-cp3{MINOR}-manylinux_2_17_{MACHINE}", "py3-none-any"
# Makes a file of a package.
Made = Callable[[str], ReplayFile]
Cases = Mapping[str, tuple[str, Sequence[Made], Sequence[Made]]]


@pytest.fixture
def indexes() -> Iterator[tuple[ReplayIndex, ReplayIndex]]:
    with ReplayIndex(recorded=False) as first, ReplayIndex(recorded=False, login="robot:s3cret") as last:
        yield first, last


def wheel(version: str, tags: str = ANY, *needs: str, yanked: bool = False) -> Made:
    return lambda name: a_file(f"{name}-{version}-{tags}.whl", requires_dist=list(needs), yanked=yanked)


def sdist(version: str, *needs: str) -> Made:
    return lambda name: a_file(f"{name}-{version}.tar.gz", requires_dist=list(needs))


# By the name of the package: what is asked of it, its files on the first index and on the last.
CASES: Cases = {
    "best_on_first": ("", [wheel("2.0")], [wheel("1.0")]),
    "best_on_last": ("", [wheel("1.0")], [wheel("2.0")]),
    "one_admits_the_limit": ("<2", [wheel("2.0")], [wheel("1.0"), wheel("3.0")]),
    "same_file_other_needs": ("", [wheel("1.0", ANY, "of-first-a")], [wheel("1.0", ANY, "of-last-a")]),
    "better_wheel_on_first": (
        "",
        [wheel("1.0", BETTER, "of-first-b")],
        [wheel("1.0", "cp27-cp27m-win32", "of-last-b")],
    ),
    "better_wheel_beside": ("", [wheel("1.0", BETTER, "of-first-f")], [wheel("1.0", ANY, "of-last-f")]),
    "better_yanked": ("", [wheel("1.0", BETTER, "of-first-g", yanked=True)], [wheel("1.0", ANY, "of-last-g")]),
    "sdist_on_last": ("", [wheel("1.0", ANY, "of-first-c")], [sdist("1.0", "of-last-c")]),
    "yanked_on_first": ("", [wheel("1.0", ANY, "of-first-d", yanked=True)], [wheel("1.0", ANY, "of-last-d")]),
    "yanked_on_last": ("", [wheel("1.0", ANY, "of-first-e")], [wheel("1.0", ANY, "of-last-e", yanked=True)]),
    "best_is_yanked": ("", [wheel("1.0")], [wheel("2.0", yanked=True)]),
    "pinned_yank": ("==2.0", [wheel("1.0")], [wheel("2.0", yanked=True)]),
    "pre_release_above": ("", [wheel("1.0")], [wheel("2.0rc1")]),
    "only_pre_releases": ("", [wheel("1.0rc1")], [wheel("2.0rc1")]),
    "alone_on_last": ("", [], [wheel("1.0")]),
}
IMPOSSIBLE: Cases = {
    "nowhere": ("", [], []),
    "none_high_enough": (">=3", [wheel("1.0")], [wheel("2.0")]),
}


def fill(first: ReplayIndex, last: ReplayIndex, cases: Cases) -> list[str]:
    """Put the packages on the indexes, and what they may need on the first. Returns what is asked for."""
    for name, (_, *files) in cases.items():
        for index, makers in zip((first, last), files, strict=True):
            if makers:
                index.add_package(name, [make(name) for make in makers])
    for name in (f"of-{index}-{letter}" for index in ("first", "last") for letter in "abcdefg"):
        first.add_package(name, [wheel("1.0")(name.replace("-", "_"))])
    return [f"{name}{limit}" for name, (limit, *_) in cases.items()]


def pips(asked: Sequence[str], first: ReplayIndex, last: ReplayIndex, folder: Path) -> dict[str, str] | None:
    """Versions by name; None where pip finds no set."""
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    report = folder / "report.json"
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--only-binary", ":all:",
         "--index-url", first.url, "--extra-index-url", last.url_with_login, "--no-input", "--no-cache-dir",
         "--disable-pip-version-check", "--quiet", "--report", str(report), *asked],
        env={**alone, "PIP_CONFIG_FILE": os.devnull, "HOME": str(folder)},
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    if done.returncode:
        assert "No matching distribution" in done.stderr, done.stderr
        return None
    installs = json.loads(report.read_text())["install"]
    return {canonicalize_name(one["metadata"]["name"]): one["metadata"]["version"] for one in installs}


def ours(asked: Sequence[str], first: ReplayIndex, last: ReplayIndex) -> dict[str, str] | None:
    request = AssessmentRequest(
        requirements("\n".join(asked)), targets(HERE), BuildPolicy(SourcePolicy.NEVER), timezone.now()
    )
    (found,) = assessed(request, command_set([first.url, last.url_with_login]))
    if found.verdict != "go":
        assert found.verdict == "no-go"
        return None
    return {package.name: package.version for package in found.packages if package.version is not None}


def test_of_two_indexes_the_same_versions_and_needs_are_chosen_as_by_pip(
    indexes: tuple[ReplayIndex, ReplayIndex], tmp_path: Path
) -> None:
    asked = fill(*indexes, CASES)
    theirs = pips(asked, *indexes, tmp_path)
    assert theirs is not None
    assert ours(asked, *indexes) == theirs
    assert len(theirs) == len(CASES) + 7


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_pip_finds_on_neither_index_is_no_go(
    indexes: tuple[ReplayIndex, ReplayIndex], tmp_path: Path, name: str
) -> None:
    asked = fill(*indexes, {name: IMPOSSIBLE[name]})
    assert pips(asked, *indexes, tmp_path) is None
    assert ours(asked, *indexes) is None
